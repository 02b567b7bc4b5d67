import type { Context } from 'fabric-contract-api';

/** The world state as a transaction sees it: bytes under keys. */
export interface StateStore {
  /** The committed value of a key, or undefined where there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, value: Uint8Array): Promise<void>;
}

/** The part of Fabric's chaincode stub that touches the world state. */
export type StateStub = Pick<Context['stub'], 'getState' | 'putState'>;

/** The channel's world state, through the peer: each call is one round trip, one after the other. */
export class FabricStateStore implements StateStore {
  readonly #stub: StateStub;

  constructor(stub: StateStub) {
    this.#stub = stub;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const value = await this.#stub.getState(key);
    // The shim answers a missing key with an empty buffer; no value of ours is empty.
    return value.length === 0 ? undefined : value;
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    await this.#stub.putState(key, value);
  }
}
