import { createHash } from 'node:crypto';
import { concatBytes, lp16, lp8 } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';

const HEADER_DOMAIN = 'WM_HEADER_V1';
/** Bits behind the payload that name the scheme and check the payload. */
export const CHECK_BITS = 16;
/** CRC-16/IBM-3740: polynomial x^16 + x^12 + x^5 + 1, register all ones at the start. */
const CRC_POLYNOMIAL = 0x1021;
const CRC_START = 0xffff;

/** What a scheme puts through error correction: P payload bits, then CRC-16(payload bytes) XOR the scheme's short id. */
export function frameBits(schemeId: string, payload: Uint8Array, payloadBits: number): Uint8Array {
  assertPayload(payload, payloadBits);
  const frame = new Uint8Array(payloadBits + CHECK_BITS);
  for (let bit = 0; bit < payloadBits; bit += 1) frame[bit] = (payload[bit >> 3] >> (7 - (bit & 7))) & 1;
  const check = crc16(payload) ^ shortId(schemeId);
  for (let bit = 0; bit < CHECK_BITS; bit += 1) frame[payloadBits + bit] = (check >> (15 - bit)) & 1;
  return frame;
}

/** The payload of a frame, if the frame is one of this scheme. */
export function payloadOfFrame(schemeId: string, frame: Uint8Array): Uint8Array | undefined {
  const payloadBits = frame.length - CHECK_BITS;
  const payload = new Uint8Array((payloadBits + 7) >> 3);
  for (let bit = 0; bit < payloadBits; bit += 1) payload[bit >> 3] |= frame[bit] << (7 - (bit & 7));
  let check = 0;
  for (let bit = 0; bit < CHECK_BITS; bit += 1) check = (check << 1) | frame[payloadBits + bit];
  return (crc16(payload) ^ shortId(schemeId)) === check ? payload : undefined;
}

/** @throws WatermarkError PAYLOAD_MALFORMED unless the bytes hold exactly `payloadBits` bits and then zeros */
export function assertPayload(payload: Uint8Array, payloadBits: number): void {
  const spare = payload.length * 8 - payloadBits;
  const last = payload.at(-1) ?? 0;
  if (spare >= 0 && spare < 8 && (last & ((1 << spare) - 1)) === 0) return;
  throw new WatermarkError(
    'PAYLOAD_MALFORMED',
    `This scheme carries ${payloadBits} bits: give ${Math.ceil(payloadBits / 8) * 2} hexadecimal digits, unused bits of the last byte zero.`,
    { subject: 'payload' },
  );
}

/** 16 bits that name a scheme in its own payloads: the first of SHA-256(lp8("WM_HEADER_V1") || lp16(scheme_id)). */
function shortId(schemeId: string): number {
  return createHash('sha256')
    .update(concatBytes(lp8(HEADER_DOMAIN), lp16(schemeId)))
    .digest()
    .readUInt16BE(0);
}

function crc16(bytes: Uint8Array): number {
  let register = CRC_START;
  for (const byte of bytes) {
    register ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      register = ((register << 1) ^ ((register & 0x8000) === 0 ? 0 : CRC_POLYNOMIAL)) & 0xffff;
    }
  }
  return register;
}
