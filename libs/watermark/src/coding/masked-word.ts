import { type WatermarkKey } from '../keys/watermark-key';
import { codeMask } from './code-mask';
import { CHECK_BITS, frameBits } from './payload-frame';
import { PolarCode } from './polar-code';

export interface WordQuestion {
  readonly schemeId: string;
  readonly payloadBits: number;
  /** Code bits. */
  readonly length: number;
}

/**
 * What is embedded: the payload's frame, coded, under the keyed mask.
 *
 * @param maskLabel of the mask's subkey, where a scheme has one of its own
 * @throws WatermarkError PAYLOAD_MALFORMED
 */
export function maskedWord(
  key: WatermarkKey,
  payload: Uint8Array,
  { schemeId, payloadBits, length }: WordQuestion,
  maskLabel?: string,
): Uint8Array {
  const frame = frameBits(schemeId, payload, payloadBits);
  const mask = codeMask(key, length, maskLabel);
  return new PolarCode(length, payloadBits + CHECK_BITS).encode(frame).map((bit, index) => bit ^ mask[index]);
}
