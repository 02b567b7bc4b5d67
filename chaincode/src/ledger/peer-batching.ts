import { decodeOffer, type BatchOffer } from './batch-messages';

/** A message between shim and peer, as the shim's protobuf library makes it. */
export interface ChaincodeMessage {
  getType(): number;
  getPayload_asU8(): Uint8Array;
  setType(type: number): void;
  setPayload(payload: Uint8Array): void;
  setTxid(txId: string): void;
  setChannelId(channelId: string): void;
}

/** The stream on which the peer talks to this service. */
export interface PeerStream {
  on(event: 'data', listener: (message: ChaincodeMessage) => void): unknown;
  off(event: 'data', listener: (message: ChaincodeMessage) => void): unknown;
}

/** What a peer has offered on its stream. */
export interface PeerBatching extends BatchOffer {
  /** A fresh message of the shim's own protobuf class: the stream serializes no other. */
  readonly newMessage: () => ChaincodeMessage;
}

/** ChaincodeMessage.Type.READY: the peer's last word before transactions come. */
const READY = 4;

/** Offers by stream; a peer that reconnects makes its offer anew. */
const offers = new WeakMap<object, PeerBatching>();

/** Listens for the peer's offer to read and write several keys at once. Call before the shim starts its conversation. */
export function noteOffer(stream: PeerStream): void {
  const listen = (message: ChaincodeMessage): void => {
    if (message.getType() !== READY) return;
    stream.off('data', listen);
    const Message = message.constructor as new () => ChaincodeMessage;
    offers.set(stream, { ...decodeOffer(message.getPayload_asU8()), newMessage: () => new Message() });
  };
  stream.on('data', listen);
}

/** What the peer at the other end of a stream has offered; undefined where it has not. */
export function offerOf(stream: object): PeerBatching | undefined {
  return offers.get(stream);
}
