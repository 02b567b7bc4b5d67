import {
  canonicalize,
  RegistryError,
  type LedgerDocuments,
  type LedgerKind,
  type LedgerWrite,
} from '@maker-registry/protocol';
import { reportFault } from '../faults';
import { compositeKey } from './state-keys';
import type { StateStore, StateWrite } from './state-store';

/** Names one document of the ledger. */
export interface LedgerReference {
  readonly kind: LedgerKind;
  readonly id: readonly string[];
}

/**
 * One transaction's view of the ledger: typed documents instead of bytes under keys.
 *
 * No key is read twice, for each read is work for the peer; and nothing is written before `flush`, so that a transaction
 * whose rule refuses leaves no trace.
 */
export class Ledger {
  readonly #store: StateStore;
  readonly #bytes = new Map<string, Uint8Array | undefined>();
  readonly #documents = new Map<string, unknown>();
  readonly #writes = new Map<string, unknown>();

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** Fetches documents that will be needed, in one round trip where the peer can. What `get` finds here it asks no more. */
  async prefetch(references: readonly LedgerReference[]): Promise<void> {
    const keys = new Set(references.map(({ kind, id }) => compositeKey(kind, id)));
    const missing = [...keys].filter((key) => !this.#bytes.has(key) && !this.#documents.has(key));
    if (missing.length === 0) return;
    const values = await this.#store.getMany(missing).catch(unavailable);
    for (const [index, key] of missing.entries()) this.#bytes.set(key, values[index]);
  }

  /** The document under a key as this transaction sees it, its own writes included; undefined where there is none. */
  async get<Kind extends LedgerKind>(
    kind: Kind,
    id: readonly string[],
  ): Promise<LedgerDocuments[Kind] | undefined> {
    const key = compositeKey(kind, id);
    if (!this.#documents.has(key)) {
      await this.prefetch([{ kind, id }]);
      this.#documents.set(key, parse(kind, key, this.#bytes.get(key)));
    }
    // Only `put` writes these keys, and a write's value is of the kind that its key starts with.
    return this.#documents.get(key) as LedgerDocuments[Kind] | undefined;
  }

  /** Remembers a document to be written when the transaction succeeds. */
  put(write: LedgerWrite): void {
    const key = compositeKey(write.kind, write.id);
    this.#documents.set(key, write.value);
    this.#writes.set(key, write.value);
  }

  /** Writes what the transaction decided, in the order of the keys: the same at every endorser. */
  async flush(): Promise<void> {
    const writes = [...this.#writes]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, document]): StateWrite => [key, Buffer.from(canonicalize(document), 'utf8')]);
    this.#writes.clear();
    if (writes.length > 0) await this.#store.putMany(writes).catch(unavailable);
  }
}

/** A peer that fails or breaks off is no refusal: the same transaction may succeed at another one, or later. */
function unavailable(cause: unknown): never {
  reportFault(cause);
  throw new RegistryError(
    'LEDGER_UNAVAILABLE',
    'The peer could not read or write its state. Nothing was written.',
    {
      cause,
    },
  );
}

function parse(kind: LedgerKind, key: string, bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return undefined;
  return kind === 'parameters' ? parseParameters(key, bytes) : parseDocument(key, bytes);
}

let latestParameters: { readonly bytes: Uint8Array; readonly document: unknown } | undefined;

/** Every transaction reads the parameters, and they hardly ever change: equal bytes need no second parse. */
function parseParameters(key: string, bytes: Uint8Array): unknown {
  if (latestParameters === undefined || Buffer.compare(latestParameters.bytes, bytes) !== 0) {
    latestParameters = { bytes, document: parseDocument(key, bytes) };
  }
  return latestParameters.document;
}

/** Our own canonical JSON, written through `flush`: the strict parser has nothing to add. */
function parseDocument(key: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')) as unknown;
  } catch (cause) {
    throw new RegistryError('LEDGER_STATE_CORRUPT', 'A value of the ledger is not JSON.', {
      subject: key,
      cause,
    });
  }
}
