import { type AudioParams } from './audio-params';

/** Part of the slots one and two before and after that is taken out: 0.9 of their mean, weighted 0.5 and 0.2. */
const NEAR_SLOT = 0.45 / 1.4;
const NEXT_SLOT = 0.18 / 1.4;
/** Weights of the bands one and two to either side, whose mean is taken out. */
const NEAR_BAND = 1;
const NEXT_BAND = 0.5;
const NEIGHBORS: readonly (readonly [number, number])[] = [
  [-2, NEXT_BAND],
  [-1, NEAR_BAND],
  [1, NEAR_BAND],
  [2, NEXT_BAND],
];

/**
 * Takes out of log energies what their neighbors in time and in frequency tell, which is the music; divides by the mean
 * size in the band and cuts off. In place; rows of `bands`, `steps_per_slot` rows to a slot.
 */
export function whitenRows(rows: Float64Array, params: AudioParams): void {
  const { bands } = params.layout;
  const slot = params.analysis.steps_per_slot * bands;
  const differences = overTime(rows, slot, bands);
  overBands(differences, rows, bands);
  scale(rows, bands, params.analysis.clip / 100);
}

function overTime(rows: Float64Array, slot: number, bands: number): Float64Array {
  const length = rows.length;
  const result = new Float64Array(length);
  const last = length - bands;
  for (let start = 0; start < length; start += bands) {
    const before = Math.max(0, start - slot);
    const earlier = Math.max(0, start - 2 * slot);
    const after = Math.min(last, start + slot);
    const later = Math.min(last, start + 2 * slot);
    for (let band = 0; band < bands; band += 1) {
      result[start + band] =
        rows[start + band] -
        NEAR_SLOT * (rows[before + band] + rows[after + band]) -
        NEXT_SLOT * (rows[earlier + band] + rows[later + band]);
    }
  }
  return result;
}

function overBands(from: Float64Array, to: Float64Array, bands: number): void {
  const weights = Array.from({ length: bands }, (_, band) => {
    const inside = NEIGHBORS.map(([offset, weight]) =>
      band + offset >= 0 && band + offset < bands ? weight : 0,
    );
    const sum = inside.reduce((total, weight) => total + weight, 0);
    return inside.map((weight) => weight / sum);
  });
  for (let band = 0; band < bands; band += 1) {
    const [w0, w1, w2, w3] = weights[band];
    const [b0, b1, b2, b3] = NEIGHBORS.map(([offset]) => Math.max(0, Math.min(bands - 1, band + offset)));
    for (let start = 0; start < from.length; start += bands) {
      to[start + band] =
        from[start + band] -
        w0 * from[start + b0] -
        w1 * from[start + b1] -
        w2 * from[start + b2] -
        w3 * from[start + b3];
    }
  }
}

function scale(rows: Float64Array, bands: number, limit: number): void {
  const sizes = new Float64Array(bands);
  for (let start = 0; start < rows.length; start += bands) {
    for (let band = 0; band < bands; band += 1) {
      const value = rows[start + band];
      sizes[band] += value < 0 ? -value : value;
    }
  }
  const count = rows.length / bands;
  const factors = sizes.map((size) => (size > 0 ? count / size : 0));
  for (let start = 0; start < rows.length; start += bands) {
    for (let band = 0; band < bands; band += 1) {
      const value = rows[start + band] * factors[band];
      if (value > limit) rows[start + band] = limit;
      else rows[start + band] = value < -limit ? -limit : value;
    }
  }
}
