import { polarOrder } from './polar-order';
import { decodePolarList } from './polar-list-decoder';

/** Longer codes gain nothing here and cost memory for every path of the decoder. */
const MAX_LENGTH = 4096;
const MAX_LIST = 64;

/**
 * Polar code (E. Arıkan, 2009): x = u · F^⊗m over GF(2), F = (1 0; 1 1), no bit reversal; the message stands in rising
 * order on the `messageBits` most reliable inputs, zeros on the others.
 */
export class PolarCode {
  readonly length: number;
  readonly messageBits: number;
  /** 1 where an input carries a message bit. */
  readonly #carries: Uint8Array;

  /** @throws RangeError unless `length` is a power of two from 2 to 4096 and 0 < messageBits ≤ length */
  constructor(length: number, messageBits: number) {
    if (!Number.isInteger(length) || length < 2 || length > MAX_LENGTH || (length & (length - 1)) !== 0) {
      throw new RangeError(`the length of a polar code is a power of two from 2 to ${MAX_LENGTH}`);
    }
    if (!Number.isInteger(messageBits) || messageBits < 1 || messageBits > length) {
      throw new RangeError('a polar code carries from one bit to as many as it is long');
    }
    this.length = length;
    this.messageBits = messageBits;
    this.#carries = new Uint8Array(length);
    for (const index of polarOrder(length).subarray(length - messageBits)) this.#carries[index] = 1;
  }

  /** Code word of a message; one bit (0 or 1) for each element. Throws RangeError for another number of bits. */
  encode(message: Uint8Array): Uint8Array {
    if (message.length !== this.messageBits) throw new RangeError(`a message has ${this.messageBits} bits`);
    const word = new Uint8Array(this.length);
    let next = 0;
    for (let index = 0; index < this.length; index += 1) {
      if (this.#carries[index] === 0) continue;
      word[index] = message[next] & 1;
      next += 1;
    }
    for (let half = 1; half < this.length; half *= 2) {
      for (let start = 0; start < this.length; start += 2 * half) {
        for (let index = start; index < start + half; index += 1) word[index] ^= word[index + half];
      }
    }
    return word;
  }

  /**
   * The `listSize` likeliest messages, best first (successive cancellation list decoding with min-sum: I. Tal, A. Vardy,
   * 2015). `soft[i]` > 0 speaks for bit 0, its size for how sure that is, in any one unit.
   *
   * @throws RangeError for another number of soft values, for one that is no finite number, or for a list beyond 64
   */
  decode(soft: Float64Array | Float32Array, listSize: number): Uint8Array[] {
    if (soft.length !== this.length) throw new RangeError(`a code word has ${this.length} soft values`);
    if (!soft.every((value) => Number.isFinite(value))) throw new RangeError('a soft value is not a number');
    if (!Number.isInteger(listSize) || listSize < 1 || listSize > MAX_LIST) {
      throw new RangeError(`a list holds 1 to ${MAX_LIST} paths`);
    }
    return decodePolarList(soft, this.#carries, listSize);
  }
}
