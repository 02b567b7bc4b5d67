import { fromHex, toHex } from '../encoding/bytes';

const BYTE_BITS = 8;
const NONCE = /^[0-9a-f]{64}$/;

/** Bits of the last byte that belong to a payload of `bits` bits. */
function lastByteMask(bits: number): number {
  const used = bits % BYTE_BITS;
  return used === 0 ? 0xff : (0xff << (BYTE_BITS - used)) & 0xff;
}

/** Whether the hex text holds exactly `bits` bits and then zeros up to the byte's end: one payload has one text. */
export function spareBitsAreZero(payload: string, bits: number): boolean {
  if (payload.length !== Math.ceil(bits / BYTE_BITS) * 2) return false;
  const last = Number.parseInt(payload.slice(-2), 16);
  return (last & ~lastByteMask(bits)) === 0;
}

/** The leading `bits` bits of a nonce: the payload that a scheme embeds, so that the signature covers it. Hex. */
export function payloadOfNonce(nonce: string, bits: number): string {
  const bytes = fromHex(nonce).subarray(0, Math.ceil(bits / BYTE_BITS));
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) & lastByteMask(bits);
  return toHex(bytes);
}

/** Whether a recovered payload is that of the record with this nonce; what is no nonce has none. */
export function isPayloadOf(nonce: string, payload: string, bits: number): boolean {
  return NONCE.test(nonce) && payloadOfNonce(nonce, bits) === payload;
}
