import { exp2 } from '../signal/logarithm';
import { type AudioParams } from './audio-params';

/** How far each place and band of the content stands out of what covers it, at the marked speed: 0 to 1. */
export interface Audibility {
  readonly places: number;
  /** Value of band b at place p: number p · bands + b. */
  readonly values: Float64Array;
}

/**
 * Noise that was added lies under every place of a band, and alone in its quietest ones: between words, or after a drum. There
 * the mark is covered, and what is read there only disturbs. Each place counts by the part of its energy that is above them:
 * 1 − share · 2^(floor − level), where the level is the mean log energy around the place and the floor that of the band's
 * quietest places. It comes from the content alone, so that the key and the mask have no part in it.
 *
 * @param rows mean log energies (log2) of every place, `bands` values each, `steps_per_slot` places to a slot
 */
export function audibility(rows: Float64Array, params: AudioParams): Audibility {
  const { bands } = params.layout;
  const { reach, floor, share, least } = params.analysis.audibility;
  const places = rows.length / bands;
  const values = levels(rows, reach * params.analysis.steps_per_slot, bands);
  const quietest = Math.floor((places * floor) / 100);
  const column = new Float64Array(places);
  for (let band = 0; band < bands; band += 1) {
    for (let place = 0; place < places; place += 1) column[place] = values[place * bands + band];
    const ground = column.slice().sort()[quietest];
    for (let place = 0; place < places; place += 1) {
      const covered = (share * exp2(ground - column[place])) / 100;
      values[place * bands + band] = Math.max(least / 100, 1 - covered);
    }
  }
  return { places, values };
}

/** Mean over `reach` places to either side and over the bands beside, as far as there are such. */
function levels(rows: Float64Array, reach: number, bands: number): Float64Array {
  const places = rows.length / bands;
  const result = new Float64Array(rows.length);
  const sums = new Float64Array(rows.length + bands);
  for (let index = 0; index < rows.length; index += 1) sums[index + bands] = sums[index] + rows[index];
  const means = new Float64Array(bands);
  for (let place = 0; place < places; place += 1) {
    const from = Math.max(0, place - reach);
    const to = Math.min(places, place + reach + 1);
    for (let band = 0; band < bands; band += 1) {
      means[band] = (sums[to * bands + band] - sums[from * bands + band]) / (to - from);
    }
    for (let band = 0; band < bands; band += 1) {
      const low = Math.max(0, band - 1);
      const high = Math.min(bands - 1, band + 1);
      let sum = 0;
      for (let other = low; other <= high; other += 1) sum += means[other];
      result[place * bands + band] = sum / (high - low + 1);
    }
  }
  return result;
}
