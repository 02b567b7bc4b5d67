import { CERTAIN, type Probability } from '../statistics/probability';
import { type LayerDistribution } from './synthid-null';

/** Places of the grid for weights of 1: sums of ordinary texts need no rounding, up to the limit of tokens. */
const EVEN_PLACES = 65_536;
/** Places for the published weights: the chance comes out 1.3 to 1.5 times too large near 10^−6, for milliseconds of work. */
const WEIGHTED_PLACES = 8192;
/**
 * At most 64 layers × 65,536 terms of relative error 2^−53 each stay below 10^−9; what underflows adds less than 10^−300.
 */
const RELATIVE_MARGIN = 1 + 1e-9;
const UNDERFLOW_MARGIN = 1e-300;
const TWO_53 = 9_007_199_254_740_992;

/**
 * P(Σ weight · S ≥ observed) for independent draws S from the distribution, one for each weight: an upper bound. Weighted sums
 * above their least value are rounded up to a grid, so that no chance is lost, and the chances are added in floating point with
 * a margin for all rounding. Where the grid's step is 1 only that margin is left: 10^−9 of the value.
 */
export function tailBound(
  distribution: LayerDistribution,
  weights: readonly number[],
  observed: number,
): Probability {
  const { lowest, counts } = distribution;
  const allWeights = weights.reduce((sum, weight) => sum + weight, 0);
  const above = observed - lowest * allWeights;
  if (above <= 0) return CERTAIN;
  const places = weights.every((weight) => weight === 1) ? EVEN_PLACES : WEIGHTED_PLACES;
  const step = Math.ceil((allWeights * (counts.length - 1)) / places);
  const top = Math.ceil(above / step);
  let chances: Float64Array = Float64Array.of(1);
  for (const weight of weights) chances = convolved(chances, layerChances(counts, weight, step), top);
  const tail = chances.length > top ? chances[top] : 0;
  return fractionOf(tail * RELATIVE_MARGIN + UNDERFLOW_MARGIN);
}

/** Chances of weight · (S − lowest), rounded up to the grid. */
function layerChances(counts: Float64Array, weight: number, step: number): Float64Array {
  const places = counts.reduce((sum, count) => sum + count, 0);
  const chances = new Float64Array(Math.ceil((weight * (counts.length - 1)) / step) + 1);
  for (let index = 0; index < counts.length; index += 1) {
    // The size of the table is a power of two, so this division is exact.
    chances[Math.ceil((weight * index) / step)] += counts[index] / places;
  }
  return chances;
}

/** Chances of the sum of two draws. Sums from `top` on are one place: they stay there, since nothing is negative. */
function convolved(a: Float64Array, b: Float64Array, top: number): Float64Array {
  const result = new Float64Array(Math.min(a.length + b.length - 1, top + 1));
  for (let shift = 0; shift < b.length; shift += 1) {
    const chance = b[shift];
    if (chance === 0) continue;
    const below = Math.max(0, Math.min(a.length, top - shift));
    for (let index = 0; index < below; index += 1) result[index + shift] += a[index] * chance;
    for (let index = below; index < a.length; index += 1) result[top] += a[index] * chance;
  }
  return result;
}

/** A number from 0 to 1 as the fraction that it is. */
function fractionOf(value: number): Probability {
  if (value >= 1) return CERTAIN;
  let mantissa = value;
  let denominator = 1n;
  while (mantissa < TWO_53) {
    mantissa *= 2;
    denominator *= 2n;
  }
  return { numerator: BigInt(Math.ceil(mantissa)), denominator };
}
