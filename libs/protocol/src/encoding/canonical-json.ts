import { RegistryError } from '../errors/registry-error';
import { MAX_JSON_DEPTH } from '../limits';

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The canonical form of a JSON value by RFC 8785 (JCS): members sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them, no whitespace. Unlike common implementations nothing vanishes or is repaired: undefined, NaN,
 * bigint, functions, class instances and lone surrogates are refused with NOT_CANONICALIZABLE.
 */
export function canonicalize(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      return writeNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : writeContainer(value, depth + 1);
    default:
      throw new RegistryError('NOT_CANONICALIZABLE', `A value of type ${typeof value} has no JSON form.`);
  }
}

function writeString(text: string): string {
  if (LONE_SURROGATE.test(text)) {
    throw new RegistryError('JSON_LONE_SURROGATE', 'A string holds half a surrogate pair.');
  }
  return JSON.stringify(text);
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RegistryError('NOT_CANONICALIZABLE', 'A number is not finite.');
  return String(value);
}

function writeContainer(value: object, depth: number): string {
  if (depth > MAX_JSON_DEPTH) throw new RegistryError('JSON_TOO_DEEP', 'A value is nested too deeply.');
  if (Array.isArray(value)) {
    let items = '';
    for (let index = 0; index < value.length; index += 1) {
      items += (index === 0 ? '' : ',') + write(value[index], depth);
    }
    return `[${items}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && !isForeignPlain(prototype)) {
    throw new RegistryError('NOT_CANONICALIZABLE', 'Only plain objects have a canonical form.');
  }
  return writeMembers(value as Readonly<Record<string, unknown>>, depth);
}

/** An object of another realm (a test's sandbox, a worker) is as plain as one of ours. */
function isForeignPlain(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty');
}

function writeMembers(value: Readonly<Record<string, unknown>>, depth: number): string {
  // The default sort compares UTF-16 code units, which is what RFC 8785 §3.2.3 asks for.
  const keys = Object.keys(value).sort();
  let members = '';
  for (const key of keys) {
    members += `${members === '' ? '' : ','}${writeString(key)}:${write(value[key], depth)}`;
  }
  return `{${members}}`;
}
