/** One put of the world state. */
export type StateWrite = readonly [key: string, value: Uint8Array];

/** The world state as a transaction sees it: bytes under keys. */
export interface StateStore {
  /** The committed values of these keys, in their order; undefined where there is none. */
  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Puts in the given order. */
  putMany(writes: readonly StateWrite[]): Promise<void>;
}
