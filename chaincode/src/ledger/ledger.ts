import {
  canonicalize,
  RegistryError,
  type LedgerDocuments,
  type LedgerKind,
  type LedgerWrite,
} from '@maker-registry/protocol';
import { compositeKey } from './state-keys';
import type { StateStore } from './state-store';

/**
 * One transaction's view of the ledger: typed documents instead of bytes under keys.
 *
 * No key is read twice, for each read is a round trip to the peer; and nothing is written before `flush`, so that a
 * transaction whose rule refuses leaves no trace.
 */
export class Ledger {
  readonly #store: StateStore;
  readonly #documents = new Map<string, Promise<unknown>>();
  readonly #writes = new Map<string, unknown>();

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** The document under a key as this transaction sees it, its own writes included; undefined where there is none. */
  async get<Kind extends LedgerKind>(
    kind: Kind,
    id: readonly string[],
  ): Promise<LedgerDocuments[Kind] | undefined> {
    const key = compositeKey(kind, id);
    let document = this.#documents.get(key);
    if (document === undefined) {
      document = this.#read(key);
      this.#documents.set(key, document);
    }
    // Only `put` writes these keys, and a write's value is of the kind that its key starts with.
    return (await document) as LedgerDocuments[Kind] | undefined;
  }

  /** Remembers a document to be written when the transaction succeeds. */
  put(write: LedgerWrite): void {
    const key = compositeKey(write.kind, write.id);
    this.#documents.set(key, Promise.resolve(write.value));
    this.#writes.set(key, write.value);
  }

  /** Writes what the transaction decided, in the order of the keys: the same at every endorser. */
  async flush(): Promise<void> {
    const writes = [...this.#writes].sort(([left], [right]) => (left < right ? -1 : 1));
    this.#writes.clear();
    for (const [key, document] of writes)
      await this.#store.put(key, Buffer.from(canonicalize(document), 'utf8'));
  }

  async #read(key: string): Promise<unknown> {
    const bytes = await this.#store.get(key);
    if (bytes === undefined) return undefined;
    try {
      // Our own canonical JSON, written through `flush`: the strict parser has nothing to add.
      return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
    } catch (cause) {
      throw new RegistryError('LEDGER_STATE_CORRUPT', 'A value of the ledger is not JSON.', {
        subject: key,
        cause,
      });
    }
  }
}
