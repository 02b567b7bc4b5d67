import { type Cipher, createCipheriv } from 'node:crypto';
import { type WatermarkKey } from './watermark-key';

const BLOCK_BYTES = 4096;
const ZEROS = new Uint8Array(BLOCK_BYTES);
const ZERO_COUNTER = new Uint8Array(16);
const TWO_32 = 4_294_967_296;

/**
 * The endless pseudo-random sequence of one purpose: AES-256 in counter mode from counter zero, under the subkey of the
 * label. Integers are big-endian. The same on every machine, and fast enough for millions of chips.
 */
export class KeyedStream {
  readonly #cipher: Cipher;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;
  #bits = 0;
  #bitsLeft = 0;

  constructor(key: WatermarkKey, label: string) {
    this.#cipher = createCipheriv('aes-256-ctr', key.subkey(label), ZERO_COUNTER);
  }

  byte(): number {
    if (this.#at === this.#block.length) {
      this.#block = this.#cipher.update(ZEROS);
      this.#at = 0;
    }
    const value = this.#block[this.#at];
    this.#at += 1;
    return value;
  }

  /** The next `length` bytes at once. */
  bytes(length: number): Uint8Array {
    const result = new Uint8Array(length);
    for (let index = 0; index < length; index += 1) result[index] = this.byte();
    return result;
  }

  /** 0 to 2^32 − 1. */
  uint32(): number {
    return ((this.byte() * 256 + this.byte()) * 256 + this.byte()) * 256 + this.byte();
  }

  /** 0 to `bound` − 1, each equally likely: values of the uneven rest are drawn again. */
  below(bound: number): number {
    const limit = TWO_32 - (TWO_32 % bound);
    let value = this.uint32();
    while (value >= limit) value = this.uint32();
    return value % bound;
  }

  /** 0 or 1: the bits of a byte, most significant first. */
  bit(): number {
    if (this.#bitsLeft === 0) {
      this.#bits = this.byte();
      this.#bitsLeft = 8;
    }
    this.#bitsLeft -= 1;
    return (this.#bits >> this.#bitsLeft) & 1;
  }

  /** A permutation of 0 … count − 1 (Fisher–Yates from the end). */
  permutation(count: number): Uint32Array {
    const order = new Uint32Array(count);
    for (let index = 0; index < count; index += 1) order[index] = index;
    for (let index = count - 1; index > 0; index -= 1) {
      const other = this.below(index + 1);
      const kept = order[index];
      order[index] = order[other];
      order[other] = kept;
    }
    return order;
  }
}
