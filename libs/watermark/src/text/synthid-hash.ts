/**
 * The hash of SynthID-Text: for every number x of a sequence, h ← (h + x)·6364136223846793005 + 1 modulo 2^64, from
 * h = 1 (transformers, `accumulate_hash`). It has no cryptographic strength: its lowest b bits depend on nothing but the
 * lowest b bits of the numbers, which is why 32-bit arithmetic is enough for tables of up to 2^32 places.
 */
const MULTIPLIER_HIGH = 0x5851f42d;
const MULTIPLIER_LOW = 0x4c957f2d;

/** One step on the low 32 bits. */
export function stepLow(hash: number, value: number): number {
  return (Math.imul(hash + value, MULTIPLIER_LOW) + 1) >>> 0;
}

/** Low 32 bits of the hash of each n-gram: of tokens i … i + length − 1 at i. */
export function ngramHashes(tokens: Uint32Array, length: number): Uint32Array {
  const hashes = new Uint32Array(Math.max(0, tokens.length - length + 1));
  for (let start = 0; start < hashes.length; start += 1) {
    let hash = 1;
    for (let offset = 0; offset < length; offset += 1) hash = stepLow(hash, tokens[start + offset]);
    hashes[start] = hash;
  }
  return hashes;
}

export interface WideHashes {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/** All 64 bits of the hash of each n-gram, as two halves. */
export function wideNgramHashes(tokens: Uint32Array, length: number): WideHashes {
  const count = Math.max(0, tokens.length - length + 1);
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  for (let start = 0; start < count; start += 1) {
    let upper = 0;
    let lower = 1;
    for (let offset = 0; offset < length; offset += 1) {
      const sum = lower + tokens[start + offset];
      upper = (upper + (sum > 0xffffffff ? 1 : 0)) | 0;
      lower = sum >>> 0;
      upper =
        (upperOfProduct(lower) + Math.imul(lower, MULTIPLIER_HIGH) + Math.imul(upper, MULTIPLIER_LOW)) | 0;
      lower = Math.imul(lower, MULTIPLIER_LOW) >>> 0;
      // The increment: a carry only where all low bits were set.
      lower = (lower + 1) >>> 0;
      if (lower === 0) upper = (upper + 1) | 0;
    }
    high[start] = upper;
    low[start] = lower;
  }
  return { high, low };
}

/** Upper 32 bits of value · MULTIPLIER_LOW, from products of 16-bit halves. */
function upperOfProduct(value: number): number {
  const a = value >>> 16;
  const b = value & 0xffff;
  const c = MULTIPLIER_LOW >>> 16;
  const d = MULTIPLIER_LOW & 0xffff;
  const middle = a * d + ((b * d) >>> 16);
  const other = (middle & 0xffff) + b * c;
  return a * c + Math.floor(middle / 65_536) + Math.floor(other / 65_536);
}
