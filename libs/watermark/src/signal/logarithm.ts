/**
 * Logarithm and power of two from + − × ÷ only, with a fixed number of terms: the same bits on every engine.
 */
const view = new DataView(new ArrayBuffer(8));
const SQRT2 = Math.sqrt(2);
/** ln 2, for the change of base; the literal is the nearest double. */
const LN2 = 0.6931471805599453;
/** With |s| ≤ 0.172 the term after these is below 2^−54. */
const LOG_TERMS = 11;
/** |x| ≤ 0.35: the term after these is below 2^−54. */
const EXP_TERMS = 14;

/** log2 of a positive, normal double; within two units of the last place for values away from 1. Throws RangeError else. */
export function log2(value: number): number {
  if (!(value >= 2.2250738585072014e-308) || value === Infinity)
    throw new RangeError('log2 of a number that has none');
  view.setFloat64(0, value);
  let exponent = (view.getUint16(0) >> 4) - 1023;
  view.setUint16(0, (view.getUint16(0) & 0x000f) | 0x3ff0);
  let mantissa = view.getFloat64(0);
  if (mantissa > SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let term = LOG_TERMS; term >= 0; term -= 1) sum = sum * square + 1 / (2 * term + 1);
  return exponent + (2 * s * sum) / LN2;
}

/** 2^value for |value| ≤ 1000. Throws RangeError else. */
export function exp2(value: number): number {
  if (!(Math.abs(value) <= 1000)) throw new RangeError('exp2 of a number out of range');
  const whole = Math.round(value);
  const x = (value - whole) * LN2;
  let sum = 1;
  for (let term = EXP_TERMS; term >= 1; term -= 1) sum = 1 + (sum * x) / term;
  view.setFloat64(0, 1);
  view.setUint16(0, (1023 + whole) << 4);
  return sum * view.getFloat64(0);
}
