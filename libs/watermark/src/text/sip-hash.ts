/** Rounds for each block and at the end: SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, 2012). */
const BLOCK_ROUNDS = 2;
const FINAL_ROUNDS = 4;
const KEY_BYTES = 16;

/**
 * The keyed hash of short inputs. 64-bit words are pairs of 32-bit integers, because big integers are a hundred times slower
 * and a detector hashes every token. The same on every engine: only 32-bit additions, rotations and XOR.
 */
export class SipHash {
  /** The last hash: its upper and lower 32 bits, as unsigned integers. */
  high = 0;
  low = 0;
  readonly #key: Int32Array;

  /** @throws RangeError unless the key has 16 bytes (two 64-bit words, little-endian) */
  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new RangeError(`a SipHash key has ${KEY_BYTES} bytes`);
    const view = new DataView(key.buffer, key.byteOffset, key.length);
    this.#key = Int32Array.from({ length: 4 }, (_, index) => view.getInt32(4 * index, true));
  }

  /** Hash of bytes into `high` and `low`. */
  bytes(message: Uint8Array): void {
    const words = new Uint32Array(2 * (Math.floor(message.length / 8) + 1));
    for (let index = 0; index < message.length; index += 1) {
      words[index >> 2] |= message[index] << (8 * (index & 3));
    }
    words[words.length - 1] |= (message.length & 0xff) << 24;
    this.blocks(words, 0, words.length);
  }

  /**
   * Hash of padded blocks into `high` and `low`: `count` words from `start` on, two to a block, lower half first. The last
   * block is padded as SipHash asks: the message's length in bytes modulo 256 in its top byte.
   */
  blocks(words: Uint32Array, start: number, count: number): void {
    const [k0l, k0h, k1l, k1h] = this.#key;
    let v0l = k0l ^ 0x70736575;
    let v0h = k0h ^ 0x736f6d65;
    let v1l = k1l ^ 0x6e646f6d;
    let v1h = k1h ^ 0x646f7261;
    let v2l = k0l ^ 0x6e657261;
    let v2h = k0h ^ 0x6c796765;
    let v3l = k1l ^ 0x79746573;
    let v3h = k1h ^ 0x74656462;
    const absorbing = (count / 2) * BLOCK_ROUNDS;
    for (let round = 0; round < absorbing + FINAL_ROUNDS; round += 1) {
      const block = start + round;
      if (round < absorbing && (round & 1) === 0) {
        v3l ^= words[block];
        v3h ^= words[block + 1];
      } else if (round === absorbing) v2l ^= 0xff;
      let al = (v0l + v1l) | 0;
      let ah = (v0h + v1h + carry(al, v0l)) | 0;
      let bl = ((v1l << 13) | (v1h >>> 19)) ^ al;
      let bh = ((v1h << 13) | (v1l >>> 19)) ^ ah;
      let cl = (v2l + v3l) | 0;
      let ch = (v2h + v3h + carry(cl, v2l)) | 0;
      const dl = ((v3l << 16) | (v3h >>> 16)) ^ cl;
      const dh = ((v3h << 16) | (v3l >>> 16)) ^ ch;
      // The first pair was rotated by 32: halves change places.
      v0l = (ah + dl) | 0;
      v0h = (al + dh + carry(v0l, ah)) | 0;
      v3l = ((dl << 21) | (dh >>> 11)) ^ v0l;
      v3h = ((dh << 21) | (dl >>> 11)) ^ v0h;
      al = (cl + bl) | 0;
      ah = (ch + bh + carry(al, cl)) | 0;
      cl = ((bl << 17) | (bh >>> 15)) ^ al;
      ch = ((bh << 17) | (bl >>> 15)) ^ ah;
      v1l = cl;
      v1h = ch;
      bl = al;
      bh = ah;
      v2l = bh;
      v2h = bl;
      if (round < absorbing && (round & 1) === 1) {
        v0l ^= words[block - 1];
        v0h ^= words[block];
      }
    }
    this.low = (v0l ^ v1l ^ v2l ^ v3l) >>> 0;
    this.high = (v0h ^ v1h ^ v2h ^ v3h) >>> 0;
  }
}

/** What the sum of two 32-bit words hands on to the upper ones. */
function carry(sum: number, part: number): number {
  return sum >>> 0 < part >>> 0 ? 1 : 0;
}
