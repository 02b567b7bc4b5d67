import { KeyedStream } from '../keys/keyed-stream';
import { type WatermarkKey } from '../keys/watermark-key';

/**
 * The keyed bits that a code word is XORed with before it is embedded. Over a random key they make every hard decision on
 * unmarked content agree with any given code word with chance exactly one half, each independently: the p-value rests on it.
 * The label must not be used for anything else.
 */
export function codeMask(key: WatermarkKey, length: number, label = 'code-mask'): Uint8Array {
  const stream = new KeyedStream(key, label);
  return Uint8Array.from({ length }, () => stream.bit());
}

/** Soft values of the code word from those of the masked one. */
export function unmask(soft: Float64Array, mask: Uint8Array): Float64Array {
  return soft.map((value, index) => (mask[index] === 1 ? -value : value));
}
