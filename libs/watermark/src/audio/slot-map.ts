import { type Audibility, audibility } from './audibility';
import { type AudioParams } from './audio-params';
import { whiten } from './whitening';

/** Millionths of the marked speed: as marked. */
const AS_MARKED = 1_000_000;

/** Whitened energies at one speed, laid over one block: `steps` places in time · bands. */
export interface FoldedMap {
  readonly steps: number;
  readonly bands: number;
  /** Value of band b at step s: number b · steps + s. */
  readonly values: Float64Array;
}

/** Maps of one stretch of content at the speeds that are tried. */
export class SlotMaps {
  readonly #frames: readonly Float64Array[];
  readonly #params: AudioParams;
  readonly #audibility: Audibility;
  /** Used again for each speed: fresh memory of this size takes a fifth of the time. */
  readonly #sums: Float64Array;
  #rows = new Float64Array(0);
  #white = new Float64Array(0);

  /** @param frames running sums of log energies (SpectrumFrames) */
  constructor(frames: readonly Float64Array[], params: AudioParams) {
    this.#frames = frames;
    this.#params = params;
    this.#sums = new Float64Array((frames.length + 1) * params.layout.bands);
    this.#audibility = audibility(this.#rowsAt(AS_MARKED, params.analysis.steps_per_slot), params);
  }

  /**
   * What the cells of a block hold together, if the content plays at `ppm` millionths of the marked speed: log energies of
   * every place in time (one slot long, `steps` to a slot) and band, whitened, those added up that lie whole blocks apart.
   */
  folded(ppm: number, steps = this.#params.analysis.steps_per_slot): FoldedMap {
    const { layout, analysis } = this.#params;
    const rows = this.#rowsAt(ppm, steps);
    if (this.#white.length < rows.length) this.#white = new Float64Array(rows.length);
    const white = this.#white.subarray(0, rows.length);
    const factors = whiten(rows, white, layout.bands, steps);
    const held = { white, factors, limit: analysis.clip / 100 };
    return fold(held, this.#heard(ppm, steps), layout.slots * steps);
  }

  /** Mean log energy of every band in every place of the content, a slot long each. */
  #rowsAt(ppm: number, steps: number): Float64Array {
    const { layout, analysis } = this.#params;
    const { bands } = layout;
    const frames = this.#frames.length;
    fillSums(this.#frames, ppm, this.#params, this.#sums);
    const hopUs = (analysis.hop * 1_000_000) / analysis.sample_rate;
    const slotFrames = (layout.slot_us / hopUs) * (AS_MARKED / ppm);
    const stepFrames = slotFrames / steps;
    const count = Math.max(0, Math.floor((frames - 1 - slotFrames) / stepFrames) + 1);
    const total = (count + steps) * bands;
    if (this.#rows.length < total) this.#rows = new Float64Array(total);
    const rows = this.#rows.subarray(0, total);
    interpolate(this.#sums, rows, bands, stepFrames);
    const slot = steps * bands;
    for (let place = 0; place < count * bands; place += 1) {
      rows[place] = (rows[place + slot] - rows[place]) / slotFrames;
    }
    return rows.subarray(0, count * bands);
  }

  /** Where to look up how audible a row and a band are at another speed. */
  #heard(ppm: number, steps: number): Heard {
    const { layout, analysis } = this.#params;
    const { places, values } = this.#audibility;
    const perSlot = analysis.steps_per_slot;
    const lowest = layout.first_hz / layout.band_hz + 0.5;
    return {
      values,
      bandOf: Int32Array.from({ length: layout.bands }, (_, band) =>
        nearest((lowest + band) * (ppm / AS_MARKED) - lowest, layout.bands),
      ),
      placeOf: (row) => nearest(((row / steps + 0.5) * (AS_MARKED / ppm) - 0.5) * perSlot, places),
    };
  }
}

function nearest(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.round(value)));
}

/** The running sum over the frames of each band's mean log energy: `bands` values a frame, a row of zeros before the first. */
function fillSums(
  frames: readonly Float64Array[],
  ppm: number,
  { layout, analysis }: AudioParams,
  sums: Float64Array,
): void {
  const bands = layout.bands;
  const linesPerHz = (analysis.frame / analysis.sample_rate) * (ppm / AS_MARKED);
  for (let band = 0; band < bands; band += 1) {
    const start = layout.first_hz + band * layout.band_hz;
    // A line stands for half a line to either side of it: the running sum k reaches up to k + 1/2.
    const from = start * linesPerHz - 0.5;
    const to = (start + layout.band_hz) * linesPerHz - 0.5;
    if (to < analysis.frame / 2 - 1) addBand(frames, { from, to }, sums.subarray(band), bands);
    // Above half the sampling rate there is nothing.
    else for (let place = band; place < sums.length; place += bands) sums[place] = 0;
  }
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

/** Rows of the running sums `step` frames apart. */
function interpolate(sums: Float64Array, rows: Float64Array, bands: number, step: number): void {
  const last = sums.length / bands - 1;
  const count = rows.length / bands;
  for (let row = 0; row < count; row += 1) {
    // The last place may end, by rounding, behind the last frame.
    const at = Math.min(row * step, last);
    const low = Math.min(Math.floor(at), last - 1);
    const part = at - low;
    // Whole numbers to the engine as well: indexing with what `floor` gives takes it half as long again.
    let from = (low * bands) | 0;
    const end = (row + 1) * bands;
    for (let place = row * bands; place < end; place += 1) {
      rows[place] = sums[from] + part * (sums[from + bands] - sums[from]);
      from += 1;
    }
  }
}

interface Held {
  readonly white: Float64Array;
  /** Of each band. */
  readonly factors: Float64Array;
  readonly limit: number;
}

interface Heard {
  readonly values: Float64Array;
  readonly bandOf: Int32Array;
  readonly placeOf: (row: number) => number;
}

/** Adds up what is whitened, of one size in every band, cut off, and as much of it as is heard. */
function fold({ white, factors, limit }: Held, heard: Heard, steps: number): FoldedMap {
  const bands = factors.length;
  const sums = new Float64Array(steps * bands);
  let at = 0;
  for (let start = 0, row = 0; start < white.length; start += bands, row += 1) {
    const loudness = heard.placeOf(row) * bands;
    for (let band = 0; band < bands; band += 1) {
      const value = white[start + band] * factors[band];
      const held = value > limit ? limit : value < -limit ? -limit : value;
      sums[at + band] += held * heard.values[loudness + heard.bandOf[band]];
    }
    at = at + bands === sums.length ? 0 : at + bands;
  }
  return { steps, bands, values: turned(sums, bands, steps) };
}

/** From `bands` values a step to `steps` values a band. */
function turned(sums: Float64Array, bands: number, steps: number): Float64Array {
  const values = new Float64Array(sums.length);
  for (let step = 0; step < steps; step += 1) {
    for (let band = 0; band < bands; band += 1) values[band * steps + step] = sums[step * bands + band];
  }
  return values;
}
