import { type WatermarkKey } from '../keys/watermark-key';
import { SipHash } from './sip-hash';

const KEY_BYTES = 16;

/**
 * The pseudo-random value of a token after its context: SipHash-2-4 of the tokens, oldest first, each a u32 little-endian,
 * under the first 16 bytes of the subkey of `label`. Defined to the bit, where the original green list takes a framework's
 * random permutation, which differs between devices and versions.
 */
export class TokenPrf {
  readonly #hash: SipHash;
  readonly #words: Uint32Array;
  readonly #tokens: number;

  /** `tokens` is how many each input has: context and token. */
  constructor(key: WatermarkKey, label: string, tokens: number) {
    this.#hash = new SipHash(key.subkey(label).subarray(0, KEY_BYTES));
    this.#tokens = tokens;
    // Whole blocks of two words; the last has room for the length, which is padded once for all inputs.
    this.#words = new Uint32Array(2 * ((tokens >> 1) + 1));
    this.#words[this.#words.length - 1] = ((4 * tokens) & 0xff) << 24;
  }

  /** Upper half of the value; the lower one is `low`. Input: the `tokens` ids from `start` on. */
  valueAt(ids: ArrayLike<number>, start: number): number {
    for (let index = 0; index < this.#tokens; index += 1) this.#words[index] = ids[start + index];
    this.#hash.blocks(this.#words, 0, this.#words.length);
    return this.#hash.high;
  }

  get low(): number {
    return this.#hash.low;
  }
}
