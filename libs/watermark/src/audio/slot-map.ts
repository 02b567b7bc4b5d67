import { type AudioParams } from './audio-params';
import { whitenRows } from './whitening';

/** Whitened energies at one speed, laid over one block: `steps` places in time · bands. */
export interface FoldedMap {
  readonly steps: number;
  readonly bands: number;
  /** Value of band b at step s: number b · steps + s. */
  readonly values: Float64Array;
}

/**
 * What the cells of a block hold together, if the content plays at `ppm` millionths of the marked speed: log energies of
 * every place in time (one slot long, `steps_per_slot` to a slot) and band, whitened, those added up that lie whole blocks
 * apart.
 *
 * @param frames running sums of log energies (SpectrumFrames)
 */
export function foldedMap(frames: readonly Float64Array[], ppm: number, params: AudioParams): FoldedMap {
  const rows = slotRows(frames, ppm, params);
  whitenRows(rows, params);
  return fold(rows, params);
}

/** The running sum over the frames of each band's mean log energy: `bands` values a frame, a row of zeros before the first. */
function bandSums(frames: readonly Float64Array[], ppm: number, params: AudioParams): Float64Array {
  const { layout, analysis } = params;
  const bands = layout.bands;
  const linesPerHz = (analysis.frame / analysis.sample_rate) * (ppm / 1_000_000);
  const sums = new Float64Array((frames.length + 1) * bands);
  for (let band = 0; band < bands; band += 1) {
    const start = layout.first_hz + band * layout.band_hz;
    // A line stands for half a line to either side of it: the running sum k reaches up to k + 1/2.
    const from = start * linesPerHz - 0.5;
    const to = (start + layout.band_hz) * linesPerHz - 0.5;
    // Above half the sampling rate there is nothing: such bands stay zero.
    if (to < analysis.frame / 2 - 1) addBand(frames, { from, to }, sums.subarray(band), bands);
  }
  return sums;
}

function addBand(
  frames: readonly Float64Array[],
  { from, to }: { readonly from: number; readonly to: number },
  sums: Float64Array,
  stride: number,
): void {
  const low = Math.floor(from);
  const high = Math.floor(to);
  const lowPart = from - low;
  const highPart = to - high;
  const width = to - from;
  let sum = 0;
  let place = stride;
  for (const frame of frames) {
    const upper = frame[high] + highPart * (frame[high + 1] - frame[high]);
    const lower = frame[low] + lowPart * (frame[low + 1] - frame[low]);
    sum += (upper - lower) / width;
    sums[place] = sum;
    place += stride;
  }
}

/** Mean log energy of every band in every place of the content, a slot long each. */
function slotRows(frames: readonly Float64Array[], ppm: number, params: AudioParams): Float64Array {
  const { layout, analysis } = params;
  const bands = layout.bands;
  const sums = bandSums(frames, ppm, params);
  const hopUs = (analysis.hop * 1_000_000) / analysis.sample_rate;
  const slotFrames = (layout.slot_us / hopUs) * (1_000_000 / ppm);
  const stepFrames = slotFrames / analysis.steps_per_slot;
  const count = Math.max(0, Math.floor((frames.length - 1 - slotFrames) / stepFrames) + 1);
  const rows = new Float64Array(count * bands);
  for (let step = 0; step < count; step += 1) {
    const from = step * stepFrames;
    const to = from + slotFrames;
    const low = Math.floor(from);
    const high = Math.floor(to);
    const lowPart = from - low;
    const highPart = to - high;
    // Whole numbers to the engine as well: indexing with what `floor` gives takes it half as long again.
    let a = (low * bands) | 0;
    let b = (high * bands) | 0;
    for (let place = step * bands; place < (step + 1) * bands; place += 1) {
      const lower = sums[a] + lowPart * (sums[a + bands] - sums[a]);
      const upper = sums[b] + highPart * (sums[b + bands] - sums[b]);
      rows[place] = (upper - lower) / slotFrames;
      a += 1;
      b += 1;
    }
  }
  return rows;
}

function fold(rows: Float64Array, params: AudioParams): FoldedMap {
  const { slots, bands } = params.layout;
  const steps = slots * params.analysis.steps_per_slot;
  const values = new Float64Array(steps * bands);
  let step = 0;
  for (let start = 0; start < rows.length; start += bands) {
    for (let band = 0; band < bands; band += 1) values[band * steps + step] += rows[start + band];
    step = step + 1 === steps ? 0 : step + 1;
  }
  return { steps, bands, values };
}
