import { assertSchema, parseStrictJson, prepareSchema, RegistryError } from '@maker-registry/protocol';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import { type Request } from 'express';
import { readBody } from './read-body';
import { type ParameterDescription, type RouteDescription } from './route';

/** Values of a query arrive as text; numbers are recognized, nothing else is changed. */
const parameterAjv = new Ajv2020({ strict: true, coerceTypes: true, allowUnionTypes: true });

export interface ValidParts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number | boolean>>;
  readonly body: unknown;
  readonly bodyBytes: Buffer;
}

const NO_BODY = Buffer.alloc(0);

/** Compiles a route's description to a check of its requests. Throws SCHEMA_VIOLATION and what readBody throws. */
export function requestValidator(route: RouteDescription): (request: Request) => Promise<ValidParts> {
  const checkPath = parameterCheck(route.parameters, 'path');
  const checkQuery = parameterCheck(route.parameters, 'query');
  const checkHeaders = headerCheck(route.parameters);
  const { body } = route;
  const bodySchema = body?.parsedByHandler === true ? undefined : body?.schema;
  if (bodySchema !== undefined) prepareSchema(bodySchema);
  return async (request) => {
    const path: Record<string, string> = { ...request.params } as Record<string, string>;
    const query: Record<string, string> = { ...request.query } as Record<string, string>;
    assertValid(checkPath, path, '/path');
    assertValid(checkQuery, query, '/query');
    checkHeaders(request);
    if (body === undefined) return { path, query, body: undefined, bodyBytes: NO_BODY };
    const bodyBytes = await readBody(request, body.maxBytes, body.mediaType);
    if (bodySchema === undefined) return { path, query, body: undefined, bodyBytes };
    const value = parseStrictJson(bodyBytes, { maxBytes: body.maxBytes });
    assertSchema(bodySchema, value);
    return { path, query, body: value, bodyBytes };
  };
}

function parameterCheck(
  parameters: readonly ParameterDescription[] | undefined,
  place: ParameterDescription['in'],
): ValidateFunction {
  const own = (parameters ?? []).filter((parameter) => parameter.in === place);
  return parameterAjv.compile({
    type: 'object',
    additionalProperties: false,
    required: place === 'path' ? own.map((parameter) => parameter.name) : [],
    properties: Object.fromEntries(own.map((parameter) => [parameter.name, parameter.schema])),
  });
}

/** Unknown headers are everybody's; known ones are checked one by one. */
function headerCheck(parameters: readonly ParameterDescription[] | undefined): (request: Request) => void {
  const checks = (parameters ?? [])
    .filter((parameter) => parameter.in === 'header')
    .map(({ name, schema }) => ({ name: name.toLowerCase(), check: parameterAjv.compile(schema) }));
  return (request) => {
    for (const { name, check } of checks) {
      const value = request.headers[name];
      if (value !== undefined) assertValid(check, value, `/headers/${name}`);
    }
  };
}

function assertValid(check: ValidateFunction, value: unknown, base: string): void {
  if (check(value)) return;
  const first = check.errors?.[0];
  const subject = base + (first === undefined ? '' : pointerOf(first));
  throw new RegistryError('SCHEMA_VIOLATION', `${subject} ${sentenceOf(first)}.`, { subject });
}

function pointerOf(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const member = params['additionalProperty'] ?? params['missingProperty'];
  return typeof member === 'string' ? `${error.instancePath}/${member}` : error.instancePath;
}

function sentenceOf(error: ErrorObject | undefined): string {
  if (error?.keyword === 'additionalProperties') return 'is not known here';
  if (error?.keyword === 'required') return 'is missing';
  return error?.message ?? 'is not valid';
}
