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
/** Bands beside the first and the last that are read with a weight of zero. */
const MARGIN = 2;

/**
 * Takes out of log energies what their neighbors in time and in frequency tell, which is the music.
 *
 * @param rows `bands` values each, `slot` rows to a slot
 * @param result as long as the rows: what is left
 * @returns of each band one by the mean size of what is left: what it is to be multiplied by; 0 where nothing is left
 */
export function whiten(rows: Float64Array, result: Float64Array, bands: number, slot: number): Float64Array {
  const weights = neighborWeights(bands);
  const row = new Float64Array(bands + 2 * MARGIN);
  const sizes = new Float64Array(bands);
  for (let start = 0; start < rows.length; start += bands) {
    overTime(rows, row, { start, bands, slot: slot * bands });
    overBands(row, result.subarray(start, start + bands), weights, sizes);
  }
  const count = rows.length / bands;
  return sizes.map((size) => (size > 0 ? count / size : 0));
}

interface Place {
  readonly start: number;
  readonly bands: number;
  readonly slot: number;
}

/** What the slots before and after do not tell of one row; beyond an end the end's row stands. */
function overTime(rows: Float64Array, row: Float64Array, { start, bands, slot }: Place): void {
  const last = rows.length - bands;
  const before = Math.max(0, start - slot);
  const earlier = Math.max(0, start - 2 * slot);
  const after = Math.min(last, start + slot);
  const later = Math.min(last, start + 2 * slot);
  for (let band = 0; band < bands; band += 1) {
    row[band + MARGIN] =
      rows[start + band] -
      NEAR_SLOT * (rows[before + band] + rows[after + band]) -
      NEXT_SLOT * (rows[earlier + band] + rows[later + band]);
  }
}

/** What the bands beside do not tell; its sizes are added up. */
function overBands(
  row: Float64Array,
  result: Float64Array,
  weights: readonly Float64Array[],
  sizes: Float64Array,
): void {
  const [w0, w1, w2, w3] = weights;
  for (let band = 0; band < result.length; band += 1) {
    const value =
      row[band + 2] -
      w0[band] * row[band] -
      w1[band] * row[band + 1] -
      w2[band] * row[band + 3] -
      w3[band] * row[band + 4];
    result[band] = value;
    sizes[band] += value < 0 ? -value : value;
  }
}

/** Of each neighbor its weight in every band: together 1, those outside 0. */
function neighborWeights(bands: number): Float64Array[] {
  const inside = (band: number, offset: number): boolean => band + offset >= 0 && band + offset < bands;
  const sums = Float64Array.from({ length: bands }, (_, band) =>
    NEIGHBORS.reduce((sum, [offset, weight]) => (inside(band, offset) ? sum + weight : sum), 0),
  );
  return NEIGHBORS.map(([offset, weight]) =>
    sums.map((sum, band) => (inside(band, offset) ? weight / sum : 0)),
  );
}
