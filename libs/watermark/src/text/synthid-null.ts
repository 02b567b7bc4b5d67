import { fourier, inverseFourier } from '../signal/fourier';
import { type ScoredText } from './synthid-scores';

/** How often a layer's sum takes each value, over all places that its key can point to. */
export interface LayerDistribution {
  /** The value of the first count. */
  readonly lowest: number;
  /** Key places that give lowest, lowest + 1, …; they add up to the size of the table. */
  readonly counts: Float64Array;
}

/**
 * The distribution of a layer's sum over a key drawn at random, for this text: the key only shifts the table, so that
 * there are as many sums as the table has places, and all of them can be counted. They are the circular correlation of
 * the table with the histogram of the text's hashes. Two complex transforms of it err by less than 10^−6 at the limits of
 * tokens and table, and the sums are integers, so that rounding makes them exact.
 */
export function layerDistribution(text: ScoredText, layers: Uint8Array): LayerDistribution {
  const sums = sumsOfAllKeys(text, layers);
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (const sum of sums) {
    lowest = Math.min(lowest, sum);
    highest = Math.max(highest, sum);
  }
  const counts = new Float64Array(highest - lowest + 1);
  for (const sum of sums) counts[sum - lowest] += 1;
  return { lowest, counts };
}

/** Σ over the scored n-grams of the bit at (hash + k) mod size, for every k. */
export function sumsOfAllKeys(text: ScoredText, layers: Uint8Array): Int32Array {
  const size = layers.length;
  // Histogram as real part and table as imaginary part of one sequence: one transform for both.
  const real = new Float64Array(size);
  const imaginary = Float64Array.from(layers);
  for (let index = 0; index < text.hashes.length; index += 1) {
    if (text.mask[index] === 1) real[text.hashes[index] & (size - 1)] += 1;
  }
  fourier(real, imaginary);
  const [productReal, productImaginary] = conjugateProduct(real, imaginary);
  inverseFourier(productReal, productImaginary);
  return Int32Array.from(productReal, (value) => Math.round(value));
}

/** Conjugate transform of the real part's sequence times the transform of the imaginary part's. */
function conjugateProduct(real: Float64Array, imaginary: Float64Array): [Float64Array, Float64Array] {
  const size = real.length;
  const productReal = new Float64Array(size);
  const productImaginary = new Float64Array(size);
  for (let index = 0; index < size; index += 1) {
    const mirror = (size - index) & (size - 1);
    const firstReal = (real[index] + real[mirror]) / 2;
    const firstImaginary = (imaginary[index] - imaginary[mirror]) / 2;
    const secondReal = (imaginary[index] + imaginary[mirror]) / 2;
    const secondImaginary = (real[mirror] - real[index]) / 2;
    productReal[index] = firstReal * secondReal + firstImaginary * secondImaginary;
    productImaginary[index] = firstReal * secondImaginary - firstImaginary * secondReal;
  }
  return [productReal, productImaginary];
}
