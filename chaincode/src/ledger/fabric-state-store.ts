import type { Context } from 'fabric-contract-api';
import type { StateStore, StateWrite } from './state-store';

/** The part of Fabric's chaincode stub that touches the world state. */
export type StateStub = Pick<Context['stub'], 'getState' | 'putState'>;

/** The channel's world state through the stub: one round trip to the peer for each key, one after the other. */
export class FabricStateStore implements StateStore {
  readonly #stub: StateStub;

  constructor(stub: StateStub) {
    this.#stub = stub;
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const values: (Uint8Array | undefined)[] = [];
    for (const key of keys) values.push(presentValue(await this.#stub.getState(key)));
    return values;
  }

  async putMany(writes: readonly StateWrite[]): Promise<void> {
    for (const [key, value] of writes) await this.#stub.putState(key, value);
  }
}

/** The peer answers a missing key with an empty value; no value of ours is empty. */
export function presentValue(value: Uint8Array): Uint8Array | undefined {
  return value.length === 0 ? undefined : value;
}
