import { RegistryError } from '@maker-registry/protocol';

/** Bits of a hexadecimal digit, and digits of a nonce. */
const DIGIT_BITS = 4;
const NONCE_DIGITS = 64;

/** Bounds, both included, of the nonces that begin with a payload: hex compared as bytes is ordered as the numbers are. */
export interface PayloadRange {
  readonly from: string;
  readonly to: string;
}

/**
 * The nonces whose leading bits are a watermark's payload.
 *
 * @param payload hex, the first bit first, at most 64 digits
 * @param bits how many bits of it count; all without it. It need not be a multiple of 4
 * @throws RegistryError SCHEMA_VIOLATION when the payload has fewer bits
 */
export function payloadRange(payload: string, bits = payload.length * DIGIT_BITS): PayloadRange {
  if (bits > payload.length * DIGIT_BITS) {
    throw new RegistryError('SCHEMA_VIOLATION', `The payload has ${payload.length * DIGIT_BITS} bits.`, {
      subject: '/query/payload_bits',
    });
  }
  const whole = Math.floor(bits / DIGIT_BITS);
  const prefix = payload.slice(0, whole);
  const open = DIGIT_BITS - (bits % DIGIT_BITS);
  if (open === DIGIT_BITS) return padded(prefix, prefix);
  const digit = Number.parseInt(payload.charAt(whole), 16);
  const low = (digit >> open) << open;
  const high = low + (1 << open) - 1;
  return padded(prefix + low.toString(16), prefix + high.toString(16));
}

function padded(from: string, to: string): PayloadRange {
  return { from: from.padEnd(NONCE_DIGITS, '0'), to: to.padEnd(NONCE_DIGITS, 'f') };
}
