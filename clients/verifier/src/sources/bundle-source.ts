import { isPayloadOf, type RecordKey } from '@maker-registry/protocol';
import { MAX_MATCHES } from '../limits';
import { type FoundRecord, type RecordSource, type RecoveredPayload } from '../record-source';
import { type Bundle, parseBundle } from './parse-bundle';

/**
 * Reads from an exported bundle. Nothing is asked of a network; how fresh the facts are is the bundle's height.
 *
 * @param name what the bundle is called in results: its file name
 */
export function bundleSource(text: string | Uint8Array, name = 'bundle'): RecordSource {
  const bundle = parseBundle(text);
  const { network, height, models, schemes, params } = bundle;
  return {
    describe: () => Promise.resolve({ kind: 'bundle', subject: name, network, height }),
    record: (key) => Promise.resolve(bundle.records.find((found) => isOf(found, key))),
    recordsOf: (contentHash) => Promise.resolve(recordsOf(bundle, contentHash)),
    recordsWith: (schemeRef, payload) => Promise.resolve(recordsWith(bundle, schemeRef, payload)),
    model: (modelRef) => Promise.resolve(models.find(({ model_ref: ref }) => ref === modelRef)),
    scheme: (schemeRef) => Promise.resolve(schemes.find(({ scheme_ref: ref }) => ref === schemeRef)),
    schemes: (modelRef) =>
      Promise.resolve(schemes.filter(({ model_ref: ref }) => modelRef === undefined || ref === modelRef)),
    params: (commitment) =>
      Promise.resolve(Object.hasOwn(params, commitment) ? params[commitment] : undefined),
  };
}

function isOf({ key }: FoundRecord, wanted: RecordKey): boolean {
  return key.model_ref === wanted.model_ref && key.content_hash === wanted.content_hash;
}

/** The index names the earliest record. */
function recordsOf({ records, contentIndex }: Bundle, contentHash: string): FoundRecord[] {
  const first = Object.hasOwn(contentIndex, contentHash) ? contentIndex[contentHash] : undefined;
  const hits = earliestFirst(records.filter(({ key }) => key.content_hash === contentHash));
  return [
    ...hits.filter(({ key }) => key.model_ref === first),
    ...hits.filter(({ key }) => key.model_ref !== first),
  ].slice(0, MAX_MATCHES);
}

function recordsWith({ records }: Bundle, schemeRef: string, wanted: RecoveredPayload): FoundRecord[] {
  const hits = records.filter(
    ({ record }) =>
      record?.scheme_ref === schemeRef && isPayloadOf(record.nonce, wanted.payload, wanted.payload_bits),
  );
  return earliestFirst(hits).slice(0, MAX_MATCHES);
}

/** A bundle does not say the place in the ledger; the transaction's time stands in for it. */
function earliestFirst(records: readonly FoundRecord[]): FoundRecord[] {
  return records.toSorted((a, b) => timeOf(a) - timeOf(b));
}

function timeOf({ record }: FoundRecord): number {
  return record?.recorded.at ?? Number.MAX_SAFE_INTEGER;
}
