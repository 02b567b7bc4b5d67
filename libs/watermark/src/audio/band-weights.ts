import { type BlockLayout } from './block-layout';
import { type FoldedMap } from './slot-map';

/** Bands to either side whose pilots count for a band as well, less and less with the distance. */
const REACH = 5;
/** Part of the best band's weight that every band keeps: few pilots stand in each, and chance speaks too. */
const LEAST_PART = 0.1;

/**
 * How much each band says: the mean agreement of the pilots in and near it. Where noise or a filter has covered the mark,
 * the pilots know nothing either. Pilots have their own subkey, so that this tells nothing about the code bits' mask.
 */
export function bandWeights(map: FoldedMap, layout: BlockLayout, offset: number): Float64Array {
  const { bands, agreement, counts } = agreements(map, layout, offset);
  const smooth = new Float64Array(bands);
  let best = 0;
  for (let band = 0; band < bands; band += 1) {
    let sum = 0;
    let weight = 0;
    for (let other = Math.max(0, band - REACH); other <= Math.min(bands - 1, band + REACH); other += 1) {
      const near = REACH + 1 - (other < band ? band - other : other - band);
      sum += near * agreement[other];
      weight += near * counts[other];
    }
    smooth[band] = weight > 0 ? sum / weight : 0;
    if (smooth[band] > best) best = smooth[band];
  }
  if (best === 0) return smooth.fill(1);
  return smooth.map((value) => (value > LEAST_PART * best ? value / best : LEAST_PART));
}

function agreements(
  { steps, bands, values }: FoldedMap,
  layout: BlockLayout,
  offset: number,
): { bands: number; agreement: Float64Array; counts: Float64Array } {
  const agreement = new Float64Array(bands);
  const counts = new Float64Array(bands);
  const perSlot = steps / layout.slots;
  for (const cell of layout.pilots) {
    const band = cell % bands;
    const step = (((cell - band) / bands) * perSlot + offset) % steps;
    agreement[band] += layout.signs[cell] * values[band * steps + step];
    counts[band] += 1;
  }
  return { bands, agreement, counts };
}
