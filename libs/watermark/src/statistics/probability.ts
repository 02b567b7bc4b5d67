/**
 * Exact probabilities: a fraction of big integers, so that a p-value is the same on every machine and never underflows.
 */
export interface Probability {
  readonly numerator: bigint;
  /** Positive. */
  readonly denominator: bigint;
}

export const CERTAIN: Probability = { numerator: 1n, denominator: 1n };
/** Decimal places of a p-value as text; the smallest shown is 10^−40 (DetectorOutcome). */
const DECIMALS = 40;
const SCALE = 10n ** BigInt(DECIMALS);
/** Bits kept while a logarithm is taken: far more than its two decimals need. */
const LOG_BITS = 128;
/** What truncation may have taken from a power: exact powers of ten must not be rounded past themselves. */
const SLACK_BITS = 96n;

/** The union bound: `count` hypotheses were tried. At most 1. */
export function timesHypotheses(probability: Probability, count: bigint): Probability {
  const numerator = probability.numerator * count;
  return numerator >= probability.denominator ? CERTAIN : { numerator, denominator: probability.denominator };
}

/** Whether a ≤ b. */
export function atMost(a: Probability, b: Probability): boolean {
  return a.numerator * b.denominator <= b.numerator * a.denominator;
}

/** The probability that a canonical decimal names: `0.000001`. */
export function probabilityOf(decimal: string): Probability {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return { numerator: BigInt(whole + fraction), denominator: 10n ** BigInt(fraction.length) };
}

/** Canonical decimal of at most 40 places, rounded up: what is shown never understates. 0 only of 0. */
export function decimalOf({ numerator, denominator }: Probability): string {
  const scaled = (numerator * SCALE + denominator - 1n) / denominator;
  if (scaled >= SCALE) return '1';
  if (scaled === 0n) return '0';
  return `0.${scaled.toString().padStart(DECIMALS, '0').replace(/0+$/, '')}`;
}

/** log10 rounded up to two places (what is within 2^−96 of a step counts as on it); 0 of 1. Integer arithmetic only. Throws RangeError of 0. */
export function log10Of({ numerator, denominator }: Probability): number {
  if (numerator <= 0n) throw new RangeError('log10 of 0');
  if (numerator >= denominator) return 0;
  // −log10(p)·100 rounded down = the largest h with p ≤ 10^(−h/100), that is p^100 · 10^h ≤ 1.
  const ratio = leadingBits(denominator, numerator);
  let hundredths = 0;
  for (let step = 1 << 24; step >= 1; step >>= 1) {
    if (tenToHundredthsAtMost(hundredths + step, ratio)) hundredths += step;
  }
  return hundredths === 0 ? 0 : -hundredths / 100;
}

interface Scaled {
  readonly mantissa: bigint;
  readonly exponent: bigint;
}

/** a / b as mantissa · 2^exponent with LOG_BITS bits, rounded down. */
function leadingBits(a: bigint, b: bigint): Scaled {
  const shift = BigInt(LOG_BITS) + BigInt(bitLength(b)) - BigInt(bitLength(a));
  const mantissa = shift >= 0n ? (a << shift) / b : a / (b << -shift);
  return normalized({ mantissa, exponent: -shift });
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

function normalized({ mantissa, exponent }: Scaled): Scaled {
  const excess = BigInt(bitLength(mantissa) - LOG_BITS);
  return excess > 0n ? { mantissa: mantissa >> excess, exponent: exponent + excess } : { mantissa, exponent };
}

function power(base: Scaled, exponent: number): Scaled {
  let result: Scaled = { mantissa: 1n, exponent: 0n };
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = times(result, square);
    square = times(square, square);
  }
  return result;
}

function times(a: Scaled, b: Scaled): Scaled {
  return normalized({ mantissa: a.mantissa * b.mantissa, exponent: a.exponent + b.exponent });
}

/** Whether 10^h ≤ ratio^100. */
function tenToHundredthsAtMost(hundredths: number, ratio: Scaled): boolean {
  const left = power({ mantissa: 10n, exponent: 0n }, hundredths);
  const exact = power(ratio, 100);
  const right = normalized({ ...exact, mantissa: exact.mantissa + (exact.mantissa >> SLACK_BITS) });
  const leftTop = BigInt(bitLength(left.mantissa)) + left.exponent;
  const rightTop = BigInt(bitLength(right.mantissa)) + right.exponent;
  if (leftTop !== rightTop) return leftTop < rightTop;
  const align = left.exponent - right.exponent;
  return align >= 0n ? left.mantissa << align <= right.mantissa : left.mantissa <= right.mantissa << -align;
}
