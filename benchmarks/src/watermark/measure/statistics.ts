import { WILSON_Z } from '../limits';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The Wilson score interval (E. B. Wilson 1927) of a rate, at 95 %. Of no trials it is everything. */
export function wilson(successes: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const z2 = WILSON_Z * WILSON_Z;
  const rate = successes / trials;
  const middle = (rate + z2 / (2 * trials)) / (1 + z2 / trials);
  const half =
    (WILSON_Z * Math.sqrt((rate * (1 - rate)) / trials + z2 / (4 * trials * trials))) / (1 + z2 / trials);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** The fewest of `bits` fair coins that must agree for a chance of at most `rate`; bits + 1 where even all do not do. */
export function matchesNeeded(bits: number, rate: number): number {
  let term = Math.pow(0.5, bits);
  let tail = 0;
  for (let agreeing = bits; agreeing >= 0; agreeing -= 1) {
    tail += term;
    if (tail > rate) return agreeing + 1;
    term *= agreeing / (bits - agreeing + 1);
  }
  return 0;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Half of the values lie below; of an even number, the mean of the middle two. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
