import { decodeValues, encodeReads, encodeWrites } from './batch-messages';
import { FabricStateStore, presentValue, type StateStub } from './fabric-state-store';
import { offerOf, type ChaincodeMessage, type PeerBatching } from './peer-batching';
import type { StateStore, StateWrite } from './state-store';

/** What of the shim's stub is used here and not in its types. The shim's version is pinned; a test holds it to this shape. */
interface ShimStub extends StateStub {
  readonly channel_id: string;
  readonly txId: string;
  readonly handler: {
    readonly _stream: object;
    /** Queues a message of a transaction and resolves with the payload of the peer's response. */
    _askPeerAndListen(message: ChaincodeMessage, method: string): Promise<Uint8Array>;
  };
}

/** ChaincodeMessage.Type */
const WRITE_BATCH_STATE = 24;
const GET_STATE_MULTIPLE = 25;

/**
 * The channel's world state, several keys in one round trip. The read set and the write set of the transaction are the
 * same as key by key, so endorsers that do and that do not batch agree.
 */
class BatchedStateStore implements StateStore {
  readonly #stub: ShimStub;
  readonly #offer: PeerBatching;

  constructor(stub: ShimStub, offer: PeerBatching) {
    this.#stub = stub;
    this.#offer = offer;
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const values: (Uint8Array | undefined)[] = [];
    for (const batch of batches(keys, this.#offer.maxReads)) {
      const answers = decodeValues(await this.#ask(GET_STATE_MULTIPLE, encodeReads(batch)));
      // A peer whose state database fails answers with no values at all, which must not pass for absent keys.
      if (answers.length !== batch.length) throw new Error('the peer could not read the state');
      values.push(...answers.map(presentValue));
    }
    return values;
  }

  async putMany(writes: readonly StateWrite[]): Promise<void> {
    for (const batch of batches(writes, this.#offer.maxWrites)) {
      await this.#ask(WRITE_BATCH_STATE, encodeWrites(batch));
    }
  }

  #ask(type: number, payload: Uint8Array): Promise<Uint8Array> {
    const message = this.#offer.newMessage();
    message.setType(type);
    message.setPayload(payload);
    message.setTxid(this.#stub.txId);
    message.setChannelId(this.#stub.channel_id);
    return this.#stub.handler._askPeerAndListen(message, 'Batch');
  }
}

function* batches<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

function hasInternals(stub: StateStub): stub is ShimStub {
  const { handler } = stub as Partial<ShimStub>;
  return typeof handler?._askPeerAndListen === 'function' && typeof handler._stream === 'object';
}

/** The world state behind a stub: in batches where peer and shim can, key by key otherwise. */
export function stateStoreOf(stub: StateStub): StateStore {
  const offer = hasInternals(stub) ? offerOf(stub.handler._stream) : undefined;
  if (offer === undefined || offer.maxReads === 0 || offer.maxWrites === 0) return new FabricStateStore(stub);
  return new BatchedStateStore(stub as ShimStub, offer);
}
