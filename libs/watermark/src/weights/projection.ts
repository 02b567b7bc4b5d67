import { type RowChips } from './chip-rows';
import { type RowChunk } from './tensor-rows';

/** A weight counts as at most this many times the mean size in its row: single outliers would drown all others. */
export const CLIP = 5;

/** For each code bit the sum over its weights, each with the sign of its chip, in mean sizes of its row. */
export interface Projection {
  readonly sums: Float64Array;
  /** Weights of rows that are not all zero. */
  weights: number;
}

export function emptyProjection(codeLength: number): Projection {
  return { sums: new Float64Array(codeLength), weights: 0 };
}

/**
 * Adds one row of a chunk: each weight is divided by the row's mean size (a row may have been scaled; a product with the
 * reciprocal), clipped to ±CLIP, and added or subtracted. Doubles, weight after weight.
 */
export function addRow(
  projection: Projection,
  chunk: RowChunk,
  row: number,
  { slot, chips }: RowChips,
): void {
  const { values, rowLength, means } = chunk;
  if (means[row] === 0) return;
  const reciprocal = 1 / means[row];
  const { sums } = projection;
  const wrap = sums.length - 1;
  const start = row * rowLength;
  let bits = 0;
  for (let index = 0; index < rowLength; index += 1) {
    if ((index & 7) === 0) bits = chips[index >> 3];
    const size = values[start + index] * reciprocal;
    const clipped = size > CLIP ? CLIP : size < -CLIP ? -CLIP : size;
    // +1 or −1 without a branch, which random chips would mispredict half the time.
    sums[(slot + index) & wrap] += (1 - ((bits >> 6) & 2)) * clipped;
    bits <<= 1;
  }
  projection.weights += rowLength;
}

/** Adds `other` to `projection`, code bit by code bit. */
export function addProjection(projection: Projection, other: Projection): void {
  for (let index = 0; index < projection.sums.length; index += 1) projection.sums[index] += other.sums[index];
  projection.weights += other.weights;
}
