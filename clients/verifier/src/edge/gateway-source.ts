import { isRegistryError } from '@maker-registry/protocol';
import { MAX_MATCHES } from '../limits';
import { readModel, readRecord, readScheme } from '../read-documents';
import { type RecordSource } from '../record-source';

/** By content, or by scheme and recovered payload. */
export type RecordQuery =
  | { readonly content_hash: string }
  | { readonly scheme_ref: string; readonly payload: string; readonly payload_bits: number };

/** The reads that a source needs of a gateway; RegistryClient has them. */
export interface GatewayClient {
  /** The channel's genesis hash, hex. */
  readonly network: string;
  readonly read: {
    readonly provenance: {
      record(modelRef: string, contentHash: string): Promise<unknown>;
      records(filter: RecordQuery): AsyncIterable<unknown>;
      model(modelRef: string): Promise<unknown>;
      scheme(schemeRef: string): Promise<unknown>;
      schemes(filter: { readonly model_ref?: string }): AsyncIterable<unknown>;
    };
  };
}

/** Schemes that a look-up without a model reads: more cannot be tried on one content anyway. */
const MAX_LISTED_SCHEMES = 1_000;

/** What the gateway answers for a thing that is not there. */
const ABSENT: readonly string[] = ['NOT_FOUND', 'MODEL_UNKNOWN', 'SCHEME_UNKNOWN'];

/**
 * Reads from an operator's gateway. What it answers is checked for its form and against what was asked, and no more: that
 * it is the ledger's is the operator's word. A bundle of another operator tells whether two agree.
 *
 * @param address the gateway's address, as results name it
 */
export function gatewaySource(client: GatewayClient, address: string): RecordSource {
  const { provenance } = client.read;
  return {
    describe: () =>
      Promise.resolve({ kind: 'gateway', subject: address, network: client.network, height: null }),
    record: async ({ model_ref, content_hash }) =>
      await whenThere(provenance.record(model_ref, content_hash), readRecord),
    recordsOf: async (contentHash) =>
      await take(provenance.records({ content_hash: contentHash }), readRecord),
    recordsWith: async (schemeRef, { payload, payload_bits }) =>
      await take(provenance.records({ scheme_ref: schemeRef, payload, payload_bits }), readRecord),
    model: async (modelRef) => await whenThere(provenance.model(modelRef), readModel),
    scheme: async (schemeRef) => await whenThere(provenance.scheme(schemeRef), readScheme),
    schemes: async (modelRef) =>
      await take(
        provenance.schemes(modelRef === undefined ? {} : { model_ref: modelRef }),
        readScheme,
        MAX_LISTED_SCHEMES,
      ),
    params: () => Promise.resolve(undefined),
  };
}

async function whenThere<Document>(
  answer: Promise<unknown>,
  read: (value: unknown) => Document,
): Promise<Document | undefined> {
  try {
    return read(await answer);
  } catch (error) {
    if (isRegistryError(error) && ABSENT.includes(error.code)) return undefined;
    throw error;
  }
}

/** The first items of a listing; the rest is not asked for. */
async function take<Document>(
  listing: AsyncIterable<unknown>,
  read: (value: unknown) => Document,
  most = MAX_MATCHES,
): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const item of listing) {
    documents.push(read(item));
    if (documents.length >= most) break;
  }
  return documents;
}
