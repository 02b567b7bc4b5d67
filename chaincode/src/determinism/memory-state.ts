import type { StateStore, StateWrite } from '../ledger/state-store';

/** A world state in memory, with Fabric's rules: a transaction reads what is committed, never its own writes. */
export class MemoryState {
  readonly #committed = new Map<string, Uint8Array>();

  /** The committed value of a key. */
  get(key: string): Uint8Array | undefined {
    return this.#committed.get(key);
  }

  /** Opens a transaction on the state as it is now. */
  begin(): MemoryTransaction {
    return new MemoryTransaction(this);
  }

  /** Makes a transaction's writes the state that later ones read. */
  commit(transaction: MemoryTransaction): void {
    for (const [key, value] of transaction.writes) this.#committed.set(key, value);
  }
}

/** One transaction's reads and writes, in the order in which they were made. */
export class MemoryTransaction implements StateStore {
  readonly reads: string[] = [];
  readonly writes: StateWrite[] = [];
  /** How often a peer would have been asked, were it one that batches. */
  roundTrips = 0;
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    this.roundTrips += 1;
    this.reads.push(...keys);
    return Promise.resolve(keys.map((key) => this.#state.get(key)));
  }

  putMany(writes: readonly StateWrite[]): Promise<void> {
    this.roundTrips += 1;
    this.writes.push(...writes);
    return Promise.resolve();
  }
}
