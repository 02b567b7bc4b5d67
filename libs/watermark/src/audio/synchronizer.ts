import { bandWeights } from './band-weights';
import { type BlockLayout } from './block-layout';
import { type FoldedMap } from './slot-map';

/** One guess at where a block begins. */
export interface Reading {
  readonly ppm: number;
  /** Step of the folded map where the block's first slot stands. */
  readonly offset: number;
  /** Agreement with the pilots, in standard deviations of what chance gives. */
  readonly score: number;
}

/** Agreement of every offset with the pilots. */
export function pilotScores(map: FoldedMap, layout: BlockLayout): Float64Array {
  const { steps, bands, values } = map;
  const perSlot = steps / layout.slots;
  let energy = 0;
  for (const value of values) energy += value * value;
  const spread = Math.sqrt((energy / values.length) * layout.pilots.length);
  const scores = new Float64Array(steps);
  if (spread === 0) return scores;
  for (const cell of layout.pilots) {
    const band = cell % bands;
    const start = ((cell - band) / bands) * perSlot;
    const base = band * steps;
    const sign = layout.signs[cell];
    let place = start;
    for (let offset = 0; offset < steps; offset += 1) {
      scores[offset] += sign * values[base + place];
      place = place + 1 === steps ? 0 : place + 1;
    }
  }
  return scores.map((score) => score / spread);
}

/** Soft values of the masked code bits: positive speaks for 0. Each band counts as much as its pilots say. */
export function softBits(map: FoldedMap, layout: BlockLayout, offset: number, bits: number): Float64Array {
  const { steps, bands, values } = map;
  const perSlot = steps / layout.slots;
  const weights = bandWeights(map, layout, offset);
  const soft = new Float64Array(bits);
  for (let slot = 0; slot < layout.slots; slot += 1) {
    const step = (slot * perSlot + offset) % steps;
    for (let band = 0; band < bands; band += 1) {
      const cell = slot * bands + band;
      const bit = layout.bitOf[cell];
      if (bit >= 0) soft[bit] += layout.signs[cell] * weights[band] * values[band * steps + step];
    }
  }
  return soft;
}
