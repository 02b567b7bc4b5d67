import {
  type DetectionFinding,
  type ParamsFinding,
  type RecordKey,
  type Scheme,
} from '@maker-registry/protocol';
import { MAX_MATCHES } from './limits';
import { recoverPayload } from './recover-payload';
import { type DetectorInput } from './run-detector';
import { type FoundRecord, type RecordSource } from './record-source';
import { type FoundBy, type VerifyOptions } from './verification';
import { VerifierError } from './verifier-error';

/** A detector's run on the way to the record; it need not be repeated afterwards. */
export interface EarlierRun {
  readonly scheme: Scheme;
  readonly params: ParamsFinding;
  readonly detection: DetectionFinding;
}

/** What a look-up gave. */
export interface Lookup {
  /** The earliest on the ledger, when several fit. */
  readonly found: FoundRecord | undefined;
  readonly others: readonly RecordKey[];
  readonly by: FoundBy | null;
  readonly earlier?: EarlierRun;
}

const NOTHING: Lookup = { found: undefined, others: [], by: null };

function isSame(a: RecordKey, b: RecordKey): boolean {
  return a.model_ref === b.model_ref && a.content_hash === b.content_hash;
}

function assertAsked(isAsked: boolean, what: string): void {
  if (!isAsked) throw new VerifierError('SOURCE_LIED', `The source answered with another ${what}.`);
}

/** The record of a key. Throws SOURCE_LIED. */
export async function recordOf(source: RecordSource, key: RecordKey): Promise<FoundRecord | undefined> {
  const found = await source.record(key);
  assertAsked(found === undefined || isSame(found.key, key), 'record than was asked for');
  return found;
}

/** Records of a content, the earliest first. Throws SOURCE_LIED. */
export async function recordsOf(source: RecordSource, contentHash: string): Promise<readonly FoundRecord[]> {
  const found = (await source.recordsOf(contentHash)).slice(0, MAX_MATCHES);
  assertAsked(
    found.every(({ key }) => key.content_hash === contentHash),
    'content than was asked for',
  );
  return found;
}

function lookup(hits: readonly FoundRecord[], by: FoundBy): Lookup {
  const [found, ...rest] = hits;
  return found === undefined ? NOTHING : { found, others: rest.map(({ key }) => key), by };
}

/**
 * Finds the record of a content: the claimed one; by record key where a model is given, else by content hash; else by the
 * payload that a detector recovers from bytes that nobody registered (P-82 to P-84).
 */
export async function findRecord(
  contentHash: string,
  input: DetectorInput,
  options: VerifyOptions,
): Promise<Lookup> {
  const { source, modelRef, claimed } = options;
  if (claimed !== undefined) {
    const found = await recordOf(source, claimed);
    return lookup(found === undefined ? [] : [found], 'record-key');
  }
  if (modelRef === undefined) {
    const hits = await recordsOf(source, contentHash);
    if (hits.length > 0) return lookup(hits, 'content-hash');
  } else {
    const found = await recordOf(source, { model_ref: modelRef, content_hash: contentHash });
    if (found !== undefined) return lookup([found], 'record-key');
  }
  const recovered = await recoverPayload(input, options);
  if (recovered === undefined) return NOTHING;
  const { records, ...earlier } = recovered;
  return { ...lookup(records, 'payload'), earlier };
}
