import { createHash } from 'node:crypto';
import { ClientError } from '../errors/client-error';

const LENGTH_DELIMITED = 2;
const VARINT = 0;
const WIRE_TYPE_BITS = 3;
const WIRE_TYPE_MASK = 7;
const CONTINUES = 0x80;
const VARINT_BASE = 128;
/** Lengths above 2^28 do not occur; five varint bytes would leave the safe integers' small corner. */
const MAX_VARINT_BYTES = 4;
/** In gateway.ProposedTransaction and gateway.PreparedTransaction alike: field 2, and in it field 1, is what is signed. */
const OUTER_FIELD = 2;
const INNER_FIELD = 1;

/**
 * The exact bytes inside a proposal or prepared transaction whose SHA-256 is `digest`. The digest comes from the strict
 * decoder that has shown and checked the whole; this only finds the bytes again, since OpenSSL signs a message and not a
 * digest. Throws GATEWAY_LIED when they are not there.
 */
export function signedMessage(bytes: Uint8Array, digest: Uint8Array): Uint8Array {
  const message = field(field(bytes, OUTER_FIELD), INNER_FIELD);
  if (createHash('sha256').update(message).digest().compare(digest) !== 0) throw missing();
  return message;
}

function field(bytes: Uint8Array, wanted: number): Uint8Array {
  let position = 0;
  while (position < bytes.length) {
    const tag = varint(bytes, position);
    const value = varint(bytes, tag.end);
    const type = tag.value & WIRE_TYPE_MASK;
    if (type !== LENGTH_DELIMITED && type !== VARINT) throw missing();
    const end = type === VARINT ? value.end : value.end + value.value;
    if (type === LENGTH_DELIMITED && tag.value >> WIRE_TYPE_BITS === wanted)
      return bytes.subarray(value.end, end);
    position = end;
  }
  throw missing();
}

function varint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < MAX_VARINT_BYTES; i += 1) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    value += (byte % CONTINUES) * VARINT_BASE ** i;
    if (byte < CONTINUES) return { value, end: start + i + 1 };
  }
  throw missing();
}

function missing(): ClientError {
  return new ClientError(
    'GATEWAY_LIED',
    'The bytes to sign are not where the gateway’s message should hold them.',
  );
}
