import { fromHex, payloadOfNonce, spareBitsAreZero } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';

const HEX = /^([0-9a-f]{2})+$/;
const NONCE = /^[0-9a-f]{64}$/;

/** A payload of `bits` bits from hex: the last byte's spare bits are zero. Throws PAYLOAD_MALFORMED. */
export function payloadFromHex(hex: string, bits: number): Uint8Array {
  const text = hex.toLowerCase();
  if (HEX.test(text) && spareBitsAreZero(text, bits)) return fromHex(text);
  if (bits === 0) {
    throw new WatermarkError('PAYLOAD_MALFORMED', 'The scheme carries no payload: leave it out.', {
      subject: 'payload',
    });
  }
  throw new WatermarkError(
    'PAYLOAD_MALFORMED',
    `The scheme carries ${bits} bits: ${Math.ceil(bits / 8) * 2} hex digits, bits beyond the last zero.`,
    { subject: 'payload' },
  );
}

/** The leading `bits` bits of a record's nonce, which its watermark carries. Throws PAYLOAD_MALFORMED. */
export function payloadFromNonce(nonce: string, bits: number): Uint8Array {
  const text = nonce.toLowerCase();
  if (NONCE.test(text)) return fromHex(payloadOfNonce(text, bits));
  throw new WatermarkError('PAYLOAD_MALFORMED', 'A nonce has 64 hex digits.', { subject: 'nonce' });
}
