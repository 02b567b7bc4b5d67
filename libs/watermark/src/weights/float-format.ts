import { endianness } from 'node:os';

/** How one element type stores numbers. Raw bytes are little-endian, at an offset that the element's size divides. */
export interface FloatFormat {
  readonly dtype: 'F32' | 'F16' | 'BF16';
  readonly elementBytes: 2 | 4;
  /** All elements of `raw`, exactly. */
  decode(raw: Uint8Array, into: Float32Array): void;
  /**
   * Writes one element. 16-bit types round to one of the two neighbours, the upper one with chance of the distance from the
   * lower, `dither` being uniform in [0, 1): changes below half a step, which rounding to nearest would undo, stay there on
   * average. Never writes an infinity.
   */
  encode(raw: Uint8Array, index: number, value: number, dither: number): void;
}

const SWAP = endianness() === 'BE';
const one = new Float32Array(1);
const oneBits = new Uint32Array(one.buffer);
const TWO_16 = 65_536;

function bitsOf(value: number): number {
  one[0] = value;
  return oneBits[0];
}

/** Elements as host-order integers: a view where the host is little-endian, which all supported machines are, else a copy. */
function words16(raw: Uint8Array): Uint16Array {
  if (!SWAP) return new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2);
  return Uint16Array.from(
    { length: raw.length / 2 },
    (_, index) => raw[2 * index] | (raw[2 * index + 1] << 8),
  );
}

function store16(raw: Uint8Array, index: number, bits: number): void {
  raw[2 * index] = bits & 0xff;
  raw[2 * index + 1] = bits >> 8;
}

const F32: FloatFormat = {
  dtype: 'F32',
  elementBytes: 4,
  decode(raw, into) {
    if (!SWAP) {
      into.set(new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4));
      return;
    }
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
    for (let index = 0; index < into.length; index += 1) into[index] = view.getFloat32(4 * index, true);
  },
  encode(raw, index, value) {
    const bits = bitsOf(value);
    if ((bits & 0x7f800000) === 0x7f800000) return;
    raw[4 * index] = bits & 0xff;
    raw[4 * index + 1] = (bits >>> 8) & 0xff;
    raw[4 * index + 2] = (bits >>> 16) & 0xff;
    raw[4 * index + 3] = bits >>> 24;
  },
};

const BF16: FloatFormat = {
  dtype: 'BF16',
  elementBytes: 2,
  decode(raw, into) {
    const words = words16(raw);
    const bits = new Uint32Array(into.buffer, into.byteOffset, into.length);
    for (let index = 0; index < words.length; index += 1) bits[index] = words[index] << 16;
  },
  encode(raw, index, value, dither) {
    const bits = bitsOf(value);
    const lower = bits >>> 16;
    const upper = (bits & 0xffff) / TWO_16 > dither ? lower + 1 : lower;
    if ((upper & 0x7f80) === 0x7f80) return;
    store16(raw, index, upper);
  },
};

/** Smallest exponent of a normal half, and bits of its fraction. */
const F16_MIN_EXPONENT = -14;
const F16_MAX_EXPONENT = 15;
const F16_HIDDEN = 1024;
let halves: Float32Array | undefined;

/** Powers of two from 2^−24 to 2^15, which all halves are multiples of. */
const POWERS = Array.from({ length: 40 }, (_, index) =>
  index < 24 ? 1 / (1 << (24 - index)) : 1 << (index - 24),
);

function valuesOfHalves(): Float32Array {
  if (halves !== undefined) return halves;
  halves = new Float32Array(TWO_16);
  for (let bits = 0; bits < TWO_16; bits += 1) {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const sign = bits >> 15 === 0 ? 1 : -1;
    if (exponent === 31) halves[bits] = fraction === 0 ? sign * Infinity : NaN;
    else if (exponent === 0) halves[bits] = sign * fraction * POWERS[0];
    else halves[bits] = sign * (F16_HIDDEN + fraction) * POWERS[exponent - 1];
  }
  return halves;
}

const F16: FloatFormat = {
  dtype: 'F16',
  elementBytes: 2,
  decode(raw, into) {
    const words = words16(raw);
    const values = valuesOfHalves();
    for (let index = 0; index < words.length; index += 1) into[index] = values[words[index]];
  },
  encode(raw, index, value, dither) {
    const single = bitsOf(value);
    const exponent = Math.max(((single >>> 23) & 0xff) - 127, F16_MIN_EXPONENT);
    if (exponent > F16_MAX_EXPONENT) return;
    const steps = Math.abs(one[0]) / POWERS[exponent + 14];
    const lower = Math.floor(steps);
    const count = steps - lower > dither ? lower + 1 : lower;
    // Below the hidden bit the number is subnormal; a count of 2048 carries into the exponent by itself.
    const bits = count < F16_HIDDEN ? count : ((exponent + 15) << 10) + count - F16_HIDDEN;
    if (bits >= 0x7c00) return;
    store16(raw, index, ((single >>> 31) << 15) | bits);
  },
};

const FORMATS: Readonly<Record<string, FloatFormat>> = { F32, F16, BF16 };

/** Undefined for types that carry no mark. */
export function floatFormatOf(dtype: string): FloatFormat | undefined {
  return Object.hasOwn(FORMATS, dtype) ? FORMATS[dtype] : undefined;
}
