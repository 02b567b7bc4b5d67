import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import { RegistryError } from '../errors/registry-error';
import { type JsonSchema } from './primitives';

/**
 * One instance for the process. Strict: an unknown keyword in a schema is an error at load, not a rule that silently
 * never applies. `ownProperties`: what a prototype has is not a member.
 */
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, ownProperties: true, messages: true });
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/** Compiles on first use and keeps the result; a CLI pays for the schemas it meets, a service once. */
function validatorOf(schema: JsonSchema): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const validator = ajv.compile(schema);
  compiled.set(schema, validator);
  return validator;
}

/** Compiles a schema ahead of its first use: an endorser does so at start, so that no transaction waits for it. */
export function prepareSchema(schema: JsonSchema): void {
  validatorOf(schema);
}

/**
 * Asserts that `value` satisfies `schema`. Throws SCHEMA_VIOLATION whose `subject` is the JSON pointer of the first
 * offending member, below `base` where given.
 */
export function assertSchema(schema: JsonSchema, value: unknown, base = ''): void {
  const validator = validatorOf(schema);
  if (validator(value)) return;
  const first = validator.errors?.[0];
  const subject = base + (first === undefined ? '' : pointerOf(first));
  throw new RegistryError(
    'SCHEMA_VIOLATION',
    `${subject === '' ? 'The document' : subject} ${sentenceOf(first)}.`,
    {
      subject,
    },
  );
}

function pointerOf(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const member = params['additionalProperty'] ?? params['missingProperty'];
  if (typeof member !== 'string') return error.instancePath;
  return `${error.instancePath}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function sentenceOf(error: ErrorObject | undefined): string {
  switch (error?.keyword) {
    case 'additionalProperties':
      return 'is not a known member';
    case 'required':
    case 'dependentRequired':
      return 'is missing';
    case 'enum':
      return `must be one of ${String((error.params as { allowedValues: readonly unknown[] }).allowedValues)}`;
    case undefined:
      return 'is not valid';
    default:
      return error?.message ?? 'is not valid';
  }
}
