import {
  checkRevocationList,
  type CheckedList,
  isPlainObject,
  type ListKey,
  type SeenLists,
} from '@maker-registry/protocol';
import { type StateDirectory } from './state-directory';

const FILE = 'lists.json';

export interface ListTrust {
  readonly keys: readonly ListKey[];
  /** Genesis hash, hex. */
  readonly network: string;
}

/**
 * What has been accepted of revocation lists, kept across restarts: an operator that brings back a list from before a
 * revocation, or shows two machines two ledgers, is caught by it.
 */
export class ListMemory {
  readonly #state: StateDirectory;
  readonly #trust: ListTrust;

  constructor(state: StateDirectory, trust: ListTrust) {
    this.#state = state;
    this.#trust = trust;
  }

  /**
   * Accepts a list and remembers it, or says why not; see checkRevocationList. Its age is for the caller to judge.
   *
   * @throws RegistryError LIST_MALFORMED, LIST_SIGNATURE_INVALID, LIST_WRONG_NETWORK, LIST_ROLLBACK, LIST_EQUIVOCATION, LIST_STALE (from the future)
   */
  async accept(envelope: Uint8Array, now: number): Promise<CheckedList> {
    return await this.#state.exclusively(FILE, async () => {
      const accepted = checkRevocationList(envelope, { ...this.#trust, now, seen: await this.#read() });
      await this.#state.write(FILE, { v: 1, network: this.#trust.network, seen: accepted.seen });
      return accepted;
    });
  }

  /** Time of the newest list seen, Unix seconds; 0 when there is none. */
  async newestTime(): Promise<number> {
    const seen = await this.#read();
    return Math.max(0, ...Object.values(seen?.issuers ?? {}).map(({ this_update }) => this_update));
  }

  async #read(): Promise<SeenLists | undefined> {
    const value = await this.#state.read(FILE);
    if (value === undefined) return undefined;
    const { v, network, seen } = value;
    if (v !== 1 || typeof network !== 'string' || !isSeenLists(seen)) throw this.#state.malformed(FILE);
    // Lists of another network say nothing about this one.
    return network === this.#trust.network ? seen : undefined;
  }
}

function isSeenLists(value: unknown): value is SeenLists {
  if (!isPlainObject(value)) return false;
  const { number, previous_hash: hash, issuers } = value;
  if (!Number.isSafeInteger(number) || typeof hash !== 'string' || !isPlainObject(issuers)) return false;
  return Object.values(issuers).every(
    (one) =>
      isPlainObject(one) &&
      Number.isSafeInteger(one['height']) &&
      Number.isSafeInteger(one['this_update']) &&
      typeof one['digest'] === 'string',
  );
}
