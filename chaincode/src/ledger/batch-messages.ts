/**
 * The messages by which a peer reads and writes several keys at once (`GetStateMultiple`, `WriteBatchState` and the
 * peer's offer of both, `ChaincodeAdditionalParams`; fabric-protos, peer/chaincode_shim.proto), in protobuf's wire format.
 * Fabric's Node shim predates them.
 */
import type { StateWrite } from './state-store';

const FIELD_1_BYTES = 0x0a;
const FIELD_2_BYTES = 0x12;
const FIELD_5_VARINT = 0x28;
/** WriteRecord.Type.PUT_STATE */
const PUT_STATE = 9;
const VARINT_MORE = 0x80;
const VARINT_BITS = 7;
const WIRE_TYPE_BITS = 3;
/** A varint of 32 bits has at most five bytes. */
const MAX_VARINT_BYTES = 5;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= VARINT_MORE; rest >>>= VARINT_BITS) bytes.push((rest & (VARINT_MORE - 1)) | VARINT_MORE);
  return Buffer.from([...bytes, rest]);
}

function field(tag: number, content: Uint8Array): Buffer[] {
  return [Buffer.from([tag]), varint(content.length), Buffer.from(content)];
}

/** GetStateMultiple: the keys to read from the public state. */
export function encodeReads(keys: readonly string[]): Uint8Array {
  return Buffer.concat(keys.flatMap((key) => field(FIELD_1_BYTES, Buffer.from(key, 'utf8'))));
}

/** WriteBatchState: the puts to make in the public state, in order. */
export function encodeWrites(writes: readonly StateWrite[]): Uint8Array {
  const records = writes.map(([key, value]) =>
    Buffer.concat([
      ...field(FIELD_1_BYTES, Buffer.from(key, 'utf8')),
      ...field(FIELD_2_BYTES, value),
      Buffer.from([FIELD_5_VARINT, PUT_STATE]),
    ]),
  );
  return Buffer.concat(records.flatMap((record) => field(FIELD_1_BYTES, record)));
}

/** GetStateMultipleResult: one value for each key that was asked for. @throws {Error} for anything else. */
export function decodeValues(payload: Uint8Array): Uint8Array[] {
  const reader = new Reader(payload);
  const values: Uint8Array[] = [];
  while (!reader.atEnd) {
    if (reader.varint() !== FIELD_1_BYTES) throw new Error('the peer’s values have an unknown field');
    values.push(reader.bytes(reader.varint()));
  }
  return values;
}

/** How many keys a peer takes in one message; 0 where it does not offer to. */
export interface BatchOffer {
  readonly maxReads: number;
  readonly maxWrites: number;
}

/** ChaincodeAdditionalParams, which a peer sends when a chaincode has registered. Peers before 3.1 send nothing. */
export function decodeOffer(payload: Uint8Array): BatchOffer {
  const reader = new Reader(payload);
  const fields = new Map<number, number>();
  while (!reader.atEnd) {
    const tag = reader.varint();
    // All its fields are varints; a later Fabric may add others, which end what is understood here.
    if ((tag & ((1 << WIRE_TYPE_BITS) - 1)) !== 0) break;
    fields.set(tag >>> WIRE_TYPE_BITS, reader.varint());
  }
  const [useWrites = 0, maxWrites = 0, useReads = 0, maxReads = 0] = [1, 2, 3, 4].map((name) =>
    fields.get(name),
  );
  return { maxReads: useReads === 1 ? maxReads : 0, maxWrites: useWrites === 1 ? maxWrites : 0 };
}

class Reader {
  #position = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
      const byte = this.#bytes[this.#position];
      if (byte === undefined) throw new Error('a message of the peer ends too early');
      this.#position += 1;
      value += (byte & (VARINT_MORE - 1)) * 2 ** (VARINT_BITS * index);
      if (byte < VARINT_MORE) return value;
    }
    throw new Error('a number in a message of the peer is too long');
  }

  bytes(length: number): Uint8Array {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new Error('a message of the peer ends too early');
    const bytes = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }
}
