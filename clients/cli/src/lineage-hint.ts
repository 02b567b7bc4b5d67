import { isPlainObject, MAX_LINEAGE_DEPTH, type RecordKey } from '@maker-registry/protocol';
import { type RegistryClient } from '@maker-registry/sdk';

/**
 * The ancestors of a record as the gateway knows them. The ledger reads them ahead in one round trip and believes nothing
 * of it, so without an answer, or with a bad one, it is left out: the settlement is the same, only slower.
 */
export async function lineageHint(
  { read }: RegistryClient,
  { model_ref: model, content_hash: content }: RecordKey,
): Promise<{ readonly lineage_hint?: readonly RecordKey[] }> {
  try {
    const { items } = await read.provenance.lineage(model, content, { depth: MAX_LINEAGE_DEPTH });
    const hint = items.slice(0, MAX_LINEAGE_DEPTH).map(recordKey);
    return hint.length === 0 ? {} : { lineage_hint: hint };
  } catch {
    return {};
  }
}

const ID = /^[0-9a-f]{64}$/;

function recordKey(item: unknown): RecordKey {
  const { model_ref: model, content_hash: content } = isPlainObject(item) ? item : {};
  if (typeof model === 'string' && ID.test(model) && typeof content === 'string' && ID.test(content)) {
    return { model_ref: model, content_hash: content };
  }
  throw new TypeError('Not a record.');
}
