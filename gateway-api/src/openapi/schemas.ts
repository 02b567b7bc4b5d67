import { type JsonSchema } from '@maker-registry/protocol';
import { ERROR_CODES, schemas } from '@maker-registry/protocol';
import {
  MAX_CURSOR_LENGTH,
  MAX_IDEMPOTENCY_KEY_LENGTH,
  MAX_PAGE_SIZE,
  MAX_WAIT_S,
  DEFAULT_PAGE_SIZE,
} from '../limits';
import { type ParameterDescription } from '../http/route';

export const HEX32 = schemas.parts.hex32;
export const UUID: JsonSchema = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
};
export const NUMBER: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

/** Without the zero character, which PostgreSQL can't compare with. */
export const TEXT: JsonSchema = { type: 'string', minLength: 1, maxLength: 128, pattern: '^[^\\u0000]+$' };
export const CURRENCY: JsonSchema = { type: 'string', pattern: '^[A-Z]{3}$' };
/** Versions, layers and windows. */
export const COUNTER: JsonSchema = { type: 'integer', minimum: 0, maximum: 999_999_999 };
/** An actor, a share issue, a payee nobody knows yet, the safety fund. */
export const BENEFICIARY: JsonSchema = {
  type: 'string',
  pattern: '^(?:[0-9a-f]{64}|pending:[0-9a-f]{64}|safety-fund)$',
};

/** A reference to one of `components` in the OpenAPI document. */
export function schemaRef(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

export function pathParameter(name: string, description: string, schema: JsonSchema): ParameterDescription {
  return { name, in: 'path', description, schema };
}

export function queryParameter(name: string, description: string, schema: JsonSchema): ParameterDescription {
  return { name, in: 'query', description, schema };
}

export const MIN_HEIGHT = queryParameter(
  'minHeight',
  'Wait up to 5 s for the mirror to have this block (the `block` of an operation), else 409 MIRROR_BEHIND.',
  NUMBER,
);
export const LIMIT = queryParameter('limit', `Rows of a page; ${DEFAULT_PAGE_SIZE} by default.`, {
  type: 'integer',
  minimum: 1,
  maximum: MAX_PAGE_SIZE,
});
export const CURSOR = queryParameter('cursor', '`next_cursor` of the page before.', {
  type: 'string',
  minLength: 1,
  maxLength: MAX_CURSOR_LENGTH,
});
export const WAIT = queryParameter('wait', 'Seconds to wait for the end of the operation.', {
  type: 'integer',
  minimum: 0,
  maximum: MAX_WAIT_S,
});
export const IDEMPOTENCY_KEY: ParameterDescription = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Names the request: repeated with the same body it answers with the same operation, with another body 422.',
  schema: { type: 'string', minLength: 1, maxLength: MAX_IDEMPOTENCY_KEY_LENGTH, pattern: '^[!-~]+$' },
};
export const PREFER: ParameterDescription = {
  name: 'Prefer',
  in: 'header',
  description: `\`wait=N\`: wait up to N seconds (at most ${MAX_WAIT_S}) for the end of the operation; then 200.`,
  schema: { type: 'string', maxLength: 256 },
};
export const IF_NONE_MATCH: ParameterDescription = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The ETag of an earlier answer; 304 when the document has not changed since.',
  schema: { type: 'string', maxLength: 1_024 },
};

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457). `code` is stable; the rest is for people.',
  required: ['type', 'title', 'status', 'detail', 'code', 'action'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(ERROR_CODES) },
    subject: {
      type: 'string',
      description: 'What the problem is about: an id, a JSON pointer, a parameter.',
    },
    action: { type: 'string', description: 'What to do about it.' },
    instance: { type: 'string' },
  },
};

const OPERATION: JsonSchema = {
  type: 'object',
  required: ['operation_id', 'status', 'attempts', 'links'],
  properties: {
    operation_id: UUID,
    status: { type: 'string', enum: ['pending', 'submitted', 'committed', 'refused', 'failed'] },
    intent_id: HEX32,
    tx_id: { type: 'string' },
    block: NUMBER,
    code: { type: 'string' },
    problem: schemaRef('Problem'),
    result: { type: 'object', description: 'What the contract returned.' },
    attempts: { type: 'integer', minimum: 0 },
    links: { type: 'object', properties: { self: { type: 'string' }, transaction: { type: 'string' } } },
  },
};

const PAGE: JsonSchema = {
  type: 'object',
  required: ['items'],
  properties: {
    items: { type: 'array', items: { type: 'object' } },
    next_cursor: { type: 'string', description: 'Present when more rows follow.' },
  },
};

const DOCUMENT: JsonSchema = {
  type: 'object',
  description: 'A ledger document, byte for byte the canonical JSON of the ledger as an object.',
};

/** `components.schemas` of the OpenAPI document. */
export const COMPONENT_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Problem: PROBLEM,
  Operation: OPERATION,
  Page: PAGE,
  LedgerDocument: DOCUMENT,
  Envelope: schemas.envelope,
  Parameters: schemas.parameters,
  ...Object.fromEntries(
    Object.entries(schemas.intentBodies).map(([name, schema]) => [`intent.${name}`, schema]),
  ),
  ...Object.fromEntries(
    Object.entries(schemas.requestBodies).map(([name, schema]) => [`request.${name}`, schema]),
  ),
  ...Object.fromEntries(
    Object.entries(schemas.actArguments).map(([name, schema]) => [`act.${name}`, schema]),
  ),
};
