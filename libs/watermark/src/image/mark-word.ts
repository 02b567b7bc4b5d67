import { maskedWord } from '../coding/masked-word';
import { type WatermarkKey } from '../keys/watermark-key';
import { DATA_COUNT } from './mark-layout';

/** The masked code word of a mark in pictures. @throws WatermarkError PAYLOAD_MALFORMED */
export function markWord(
  key: WatermarkKey,
  payload: Uint8Array,
  schemeId: string,
  payloadBits: number,
): Uint8Array {
  return maskedWord(key, payload, { schemeId, payloadBits, length: DATA_COUNT });
}
