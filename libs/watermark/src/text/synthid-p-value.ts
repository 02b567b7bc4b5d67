import { CERTAIN, type Probability } from '../statistics/probability';
import { type LayerDistribution } from './synthid-null';

/** Places of the grid that weighted sums are rounded up to: at 8192 the bound is 1.3 to 1.5 times the exact value near 10^−6. */
const GRID_PLACES = 8192;
/**
 * At most 64 layers × 65,536 terms of relative error 2^−53 each stay below 10^−9; what underflows adds less than 10^−300.
 */
const RELATIVE_MARGIN = 1 + 1e-9;
const UNDERFLOW_MARGIN = 1e-300;
const TWO_53 = 9_007_199_254_740_992;

/**
 * P(S₁ + … + S_depth ≥ observed) for independent draws from the distribution, exactly: the distribution's polynomial to
 * the power of depth, multiplied as one big integer with a slot of bits for each coefficient.
 */
export function sumTail(distribution: LayerDistribution, depth: number, observed: number): Probability {
  const { lowest, counts } = distribution;
  const places = counts.reduce((sum, count) => sum + count, 0);
  const denominator = BigInt(places) ** BigInt(depth);
  const from = observed - lowest * depth;
  if (from <= 0) return CERTAIN;
  // No coefficient, nor the sum of all, reaches 2^slot − 1. Whole hex digits make the packing a matter of text.
  const digits = Math.ceil((denominator.toString(2).length + 1) / 4);
  const slot = BigInt(digits * 4);
  const hex = Array.from(counts, (count) => count.toString(16).padStart(digits, '0')).reverse();
  const power = BigInt(`0x${hex.join('')}`) ** BigInt(depth);
  return { numerator: (power >> (slot * BigInt(from))) % ((1n << slot) - 1n), denominator };
}

/**
 * An upper bound of P(Σ weight · S ≥ observed): weighted sums above their least value are rounded up
 * to a grid, so that no chance is lost, and the chances are added in floating point with a margin for all rounding.
 */
export function weightedTail(
  distribution: LayerDistribution,
  weights: readonly number[],
  observed: number,
): Probability {
  const { lowest, counts } = distribution;
  const allWeights = weights.reduce((sum, weight) => sum + weight, 0);
  const above = observed - lowest * allWeights;
  if (above <= 0) return CERTAIN;
  const step = Math.ceil((allWeights * (counts.length - 1)) / GRID_PLACES);
  let chances: Float64Array = Float64Array.of(1);
  for (const weight of weights) chances = convolved(chances, layerChances(counts, weight, step));
  let tail = 0;
  for (let place = chances.length - 1; place >= Math.ceil(above / step); place -= 1) tail += chances[place];
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

function convolved(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length + b.length - 1);
  for (let shift = 0; shift < b.length; shift += 1) {
    const chance = b[shift];
    if (chance === 0) continue;
    for (let index = 0; index < a.length; index += 1) result[index + shift] += a[index] * chance;
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
