import { ClientError } from '../errors/client-error';

const HALF = 32;
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const SIGN_BIT = 0x80;

/** DER of an r‖s signature of P-256 (64 bytes): SEQUENCE of two INTEGERs in minimal form. */
export function encodeEcdsaSignature(signature: Uint8Array): Uint8Array {
  if (signature.length !== 2 * HALF) {
    throw new ClientError('CONFIGURATION', 'A P-256 signature has 64 bytes, r and s.', {
      subject: 'signDigest',
    });
  }
  const parts = Buffer.concat([integer(signature.subarray(0, HALF)), integer(signature.subarray(HALF))]);
  return Buffer.concat([Buffer.of(SEQUENCE, parts.length), parts]);
}

function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const magnitude = bytes.subarray(start);
  const isNegative = ((magnitude[0] ?? 0) & SIGN_BIT) !== 0;
  const content = isNegative ? Buffer.concat([Buffer.of(0), magnitude]) : Buffer.from(magnitude);
  return Buffer.concat([Buffer.of(INTEGER, content.length), content]);
}
