import { EventEmitter } from 'node:events';
import { ChaincodeStub } from 'fabric-shim';
import { ChaincodeMessageHandler } from 'fabric-shim/lib/handler';
import { stateStoreOf } from './batched-state-store';
import { FabricStateStore } from './fabric-state-store';
import { noteOffer, type ChaincodeMessage } from './peer-batching';

/** A message with the methods that the shim's protobuf class has. */
class Message implements ChaincodeMessage {
  type = 0;
  payload: Uint8Array = new Uint8Array();
  txId = '';
  channelId = '';

  getType(): number {
    return this.type;
  }
  getPayload_asU8(): Uint8Array {
    return this.payload;
  }
  setType(type: number): void {
    this.type = type;
  }
  setPayload(payload: Uint8Array): void {
    this.payload = payload;
  }
  setTxid(txId: string): void {
    this.txId = txId;
  }
  setChannelId(channelId: string): void {
    this.channelId = channelId;
  }
}

const READY = 4;
const OFFER = '080110021801' + '2002';

function ready(offer: string): Message {
  const message = new Message();
  message.type = READY;
  message.payload = Buffer.from(offer, 'hex');
  return message;
}

/** A stub whose peer has made an offer and answers with what it is told to. */
function stubWith(offer: string | undefined, answers: string[] = []) {
  const asked: ChaincodeMessage[] = [];
  const stream = new EventEmitter();
  noteOffer(stream);
  if (offer !== undefined) stream.emit('data', ready(offer));
  return {
    asked,
    stub: {
      channel_id: 'channel',
      txId: 'tx',
      getState: (key: string) => Promise.resolve(Buffer.from(key === 'absent' ? '' : key)),
      putState: () => Promise.resolve(),
      handler: {
        _stream: stream,
        _askPeerAndListen: (message: ChaincodeMessage) => {
          asked.push(message);
          return Promise.resolve(Buffer.from(answers.shift() ?? '', 'hex'));
        },
      },
    },
  };
}

describe('batched state', () => {
  it('reads several keys in one message, at most as many as the peer takes', async () => {
    const { stub, asked } = stubWith(OFFER, ['0a01610a00', '0a0163']);
    const values = await stateStoreOf(stub).getMany(['a', 'b', 'c']);
    expect(values.map((value) => value && Buffer.from(value).toString())).toEqual(['a', undefined, 'c']);
    expect(asked).toMatchObject(Array(2).fill({ type: 25, txId: 'tx', channelId: 'channel' }));
  });

  it('writes several keys in one message', async () => {
    const { stub, asked } = stubWith(OFFER);
    const value = Buffer.from('v');
    await stateStoreOf(stub).putMany([
      ['a', value],
      ['b', value],
      ['c', value],
    ]);
    expect(asked.map((message) => message.getType())).toEqual([24, 24]);
  });

  it('does not take a peer that cannot read for one that finds nothing', async () => {
    const { stub } = stubWith(OFFER, ['']);
    await expect(stateStoreOf(stub).getMany(['a'])).rejects.toThrow('could not read');
  });

  it.each([undefined, '', '0801', '18012002'])('goes key by key where the peer offers %s', async (offer) => {
    const { stub, asked } = stubWith(offer);
    const store = stateStoreOf(stub);
    expect(store).toBeInstanceOf(FabricStateStore);
    expect((await store.getMany(['k', 'absent'])).map((value) => value?.length)).toEqual([1, undefined]);
    expect(asked).toEqual([]);
  });

  it('goes key by key behind any other stub', () => {
    const { getState, putState } = stubWith(OFFER).stub;
    expect(stateStoreOf({ getState, putState })).toBeInstanceOf(FabricStateStore);
  });

  it('finds in the pinned shim what it relies on', () => {
    const stream = new EventEmitter();
    const handler = new ChaincodeMessageHandler(stream, {});
    expect(handler._stream).toBe(stream);
    expect(typeof handler._askPeerAndListen).toBe('function');
    const Stub = ChaincodeStub as unknown as new (...parameters: unknown[]) => object;
    const stub = new Stub(handler, 'channel', 'tx', { getArgsList_asU8: () => [] }, undefined);
    expect(stub).toMatchObject({ handler, channel_id: 'channel', txId: 'tx' });
  });
});
