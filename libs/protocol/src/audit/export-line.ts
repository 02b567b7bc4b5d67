import { canonicalize } from '../encoding/canonical-json';
import { isPlainObject, parseStrictJson } from '../encoding/strict-json';
import { isRegistryError, RegistryError } from '../errors/registry-error';
import { MAX_EXPORT_LINE_BYTES, MAX_EXPORT_LINE_VALUES } from '../limits';
import { closedObject, HEX32, type JsonSchema, oneOf } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';
import { type AuditItem, type AuditRelease } from './export-item';

const NUMBER: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const WORD: JsonSchema = { type: 'string', maxLength: 4_096 };
const OPTIONAL_WORD: JsonSchema = { type: ['string', 'null'], maxLength: 4_096 };
const OPTIONAL_NUMBER: JsonSchema = {
  type: ['integer', 'null'],
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
};
const OPTIONAL_HEX: JsonSchema = { type: ['string', 'null'], pattern: '^[0-9a-f]{64}$' };

function typed(
  type: string,
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return closedObject({ type: { type: 'string', const: type }, ...properties }, optional);
}

/** Schema of each kind of line. */
export const EXPORT_LINE: Readonly<Record<(AuditItem | AuditRelease)['type'], JsonSchema>> = {
  block: typed('block', {
    block: NUMBER,
    header_hash: HEX32,
    previous_hash: { type: 'string', pattern: '^([0-9a-f]{64})?$' },
    data_hash: HEX32,
    commit_hash: OPTIONAL_HEX,
    transactions: NUMBER,
    valid: NUMBER,
  }),
  transaction: typed('transaction', {
    block: NUMBER,
    tx_index: NUMBER,
    tx_id: WORD,
    kind: WORD,
    validation_code: WORD,
    creator_msp: OPTIONAL_WORD,
    creator_role: OPTIONAL_WORD,
    chaincode: OPTIONAL_WORD,
    function: OPTIONAL_WORD,
    intent_id: OPTIONAL_WORD,
    intent_type: OPTIONAL_WORD,
    actor: OPTIONAL_WORD,
    endorsers: { type: 'array', items: WORD, maxItems: 1_000 },
    ledger_time: OPTIONAL_NUMBER,
  }),
  write: typed(
    'write',
    {
      block: NUMBER,
      tx_index: NUMBER,
      index: NUMBER,
      tx_id: WORD,
      namespace: WORD,
      collection: WORD,
      kind: OPTIONAL_WORD,
      id: { type: 'array', items: { type: 'string' }, maxItems: 64 },
      act: oneOf(['put', 'delete', 'metadata']),
      value_digest: OPTIONAL_HEX,
      document: {},
    },
    ['document'],
  ),
  release: typed('release', {
    seq: NUMBER,
    at: NUMBER,
    operator: WORD,
    outcome: oneOf(['released', 'refused']),
    code: OPTIONAL_WORD,
    stage: WORD,
    artifact_id: OPTIONAL_WORD,
    key_version: OPTIONAL_NUMBER,
    right_id: WORD,
    holder: WORD,
    intent_id: WORD,
    policy: { type: 'object' },
  }),
};

/** A line as every operator writes it: canonical JSON and a line feed. */
export function exportLine(item: AuditItem | AuditRelease): string {
  return `${canonicalize(item)}\n`;
}

/**
 * Reads a line, which must be in its canonical form: a digest over lines would otherwise depend on who wrote them.
 *
 * @param line without its line feed
 * @throws RegistryError EXPORT_MALFORMED
 */
export function parseExportLine(line: string): AuditItem | AuditRelease {
  try {
    const value = parseStrictJson(line, {
      maxBytes: MAX_EXPORT_LINE_BYTES,
      maxValues: MAX_EXPORT_LINE_VALUES,
    });
    const type = isPlainObject(value) ? value['type'] : undefined;
    const schema = typeof type === 'string' && isLineType(type) ? EXPORT_LINE[type] : undefined;
    if (schema === undefined) throw malformed('it is of no known type');
    assertSchema(schema, value);
    if (canonicalize(value) !== line) throw malformed('it is not in canonical form');
    return value as unknown as AuditItem | AuditRelease;
  } catch (error) {
    if (isRegistryError(error) && error.code !== 'EXPORT_MALFORMED') throw malformed(error.message, error);
    throw error;
  }
}

function isLineType(type: string): type is keyof typeof EXPORT_LINE {
  return Object.hasOwn(EXPORT_LINE, type);
}

function malformed(reason: string, cause?: Error): RegistryError {
  return new RegistryError('EXPORT_MALFORMED', `A line of the export is not usable: ${reason}`, { cause });
}
