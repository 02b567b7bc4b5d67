import { createHash } from 'node:crypto';

/** The three fields of a block header that its hash covers. */
export interface BlockHeader {
  readonly number: bigint;
  readonly previousHash: Buffer;
  readonly dataHash: Buffer;
}

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;

/** Header of a serialized `common.Block`. @throws RangeError when the bytes are no block. */
export function blockHeader(block: Buffer): BlockHeader {
  const header = [...protobufFields(block)].find((field) => field.number === 1);
  if (header === undefined || typeof header.value === 'bigint')
    throw new RangeError('The block has no header.');
  const fields = [...protobufFields(header.value)];
  const bytes = (number: number): Buffer => {
    const value = fields.find((field) => field.number === number)?.value;
    return value instanceof Buffer ? value : Buffer.alloc(0);
  };
  const number = fields.find((field) => field.number === 1)?.value;
  return { number: typeof number === 'bigint' ? number : 0n, previousHash: bytes(2), dataHash: bytes(3) };
}

/** Hex SHA-256 over the header's DER, which names the block and, for block 0, the network. */
export function headerHash(header: BlockHeader): string {
  const body = Buffer.concat([
    der(0x02, integerBytes(header.number)),
    der(0x04, header.previousHash),
    der(0x04, header.dataHash),
  ]);
  return createHash('sha256').update(der(0x30, body)).digest('hex');
}

interface ProtobufField {
  readonly number: number;
  readonly value: bigint | Buffer;
}

function* protobufFields(bytes: Buffer): Generator<ProtobufField> {
  let at = 0;
  while (at < bytes.length) {
    const tag = varint(bytes, at);
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    const next = varint(bytes, tag.end);
    if (wire === WIRE_VARINT) {
      yield { number, value: next.value };
      at = next.end;
    } else if (wire === WIRE_BYTES) {
      at = next.end + Number(next.value);
      if (at > bytes.length) throw new RangeError('The block ends within a field.');
      yield { number, value: bytes.subarray(next.end, at) };
    } else {
      throw new RangeError(`Unexpected wire type ${wire} in a block.`);
    }
  }
}

function varint(bytes: Buffer, from: number): { value: bigint; end: number } {
  let value = 0n;
  for (let index = from; index < Math.min(bytes.length, from + 10); index += 1) {
    const byte = bytes[index] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (index - from));
    if (byte < 0x80) return { value, end: index + 1 };
  }
  throw new RangeError('The block ends within a number.');
}

function integerBytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

function der(tag: number, content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = integerBytes(BigInt(content.length)).filter((byte, index) => index > 0 || byte !== 0);
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), Buffer.from(length), content]);
}
