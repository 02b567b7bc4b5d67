import { activityMask } from './activity-mask';
import { canonicalSize } from './canonical-frame';
import { detectionPlane } from './detection-plane';
import { UPRIGHT } from './geometry';
import { type MarkLayout, TILE } from './mark-layout';
import { noiseFloor, type NoiseFloor, readCarriers, type Shift } from './mark-reading';
import { type Plane } from './plane';
import { meanSquareError, similarity } from './quality';
import { TilePattern } from './tile-pattern';
import { foldInto, spectrumOf, type TileSpectrum } from './tile-spectrum';

/** Looked up once: in the sandbox of a test, a look-up for every pixel costs more than the work. */
const { max, min, round, sqrt } = Math;

export interface Luma {
  readonly samples: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface EmbedStrength {
  /** Mean square change that is not exceeded, in grey levels squared. */
  readonly meanSquare: number;
  /** Structural similarity that is not fallen below. */
  readonly similarity: number;
  /** Amplitude of pilots relative to the mean of data. */
  readonly pilotGain: number;
  /** Smallest amplitude of a data frequency relative to their mean. */
  readonly floor: number;
}

/** Structural similarity of the content with this change of luma to the content as it was. */
export type SimilarityWith = (delta: Int16Array) => number;

const NO_SHIFT: Shift = { x: 0, y: 0, score: 0 };
/** Attempts at the strongest change within the bounds, and how near to a bound is near enough. */
const ATTEMPTS = 6;
const NEAR = 0.97;

/**
 * The change of luma that puts the masked code word into the plane: whole grey levels, not yet bounded to 0–255. What the
 * content itself says at each frequency is made up for, as far as the bounds of quality allow. `similarityWith` judges the
 * whole content, colors too; without it, luma is judged.
 */
export function markLuma(
  luma: Luma,
  layout: MarkLayout,
  word: Uint8Array,
  strength: EmbedStrength,
  similarityWith?: SimilarityWith,
): Int16Array {
  const drawing = new Drawing(luma, layout, word, strength);
  const ofLuma: SimilarityWith = (delta) =>
    similarity(luma.samples, applied(luma.samples, delta), { width: luma.width, height: luma.height });
  const first = drawing.changed(new Float64Array(word.length).fill(1), ofLuma);
  return drawing.changed(drawing.informed(first), similarityWith ?? ofLuma);
}

class Drawing {
  readonly #luma: Luma;
  readonly #layout: MarkLayout;
  readonly #word: Uint8Array;
  readonly #strength: EmbedStrength;
  readonly #mask: Plane;

  constructor(luma: Luma, layout: MarkLayout, word: Uint8Array, strength: EmbedStrength) {
    this.#luma = luma;
    this.#layout = layout;
    this.#word = word;
    this.#strength = strength;
    this.#mask = activityMask(luma.samples, luma.width, luma.height);
  }

  /** The change with these amplitudes, as strong as the bounds of quality allow. */
  changed(amplitudes: Float64Array, similarityWith: SimilarityWith): Int16Array {
    const shape = this.#shape(amplitudes);
    const { meanSquare } = this.#strength;
    let energy = 0;
    for (const value of shape.samples) energy += value * value;
    let factor = sqrt((meanSquare * shape.samples.length) / max(energy, 1e-9));
    let best: Int16Array = new Int16Array(shape.samples.length);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const delta = scaled(shape, factor);
      const excess = this.#excess(delta, similarityWith);
      if (excess <= 1) best = delta;
      if (excess === 0 || (excess <= 1 && excess > NEAR)) break;
      // Both losses grow about with the square of the factor; aim a little below the bound.
      factor *= sqrt((1 + NEAR) / 2 / excess);
    }
    return best;
  }

  /** The pattern with these amplitudes, as strong in each place as its structure hides. */
  #shape(amplitudes: Float64Array): Plane {
    const { pilots, data } = this.#layout;
    const pattern = new TilePattern();
    pattern.add(
      data,
      amplitudes.map((value, index) => (this.#word[index] === 1 ? -value : value)),
    );
    pattern.add(pilots, new Float64Array(pilots.across.length).fill(this.#strength.pilotGain));
    const shape = pattern.over(this.#luma, canonicalSize(this.#luma.width, this.#luma.height));
    for (let index = 0; index < shape.samples.length; index += 1) {
      shape.samples[index] *= this.#mask.samples[index];
    }
    return shape;
  }

  /** The larger of the quality's losses relative to what is allowed. */
  #excess(delta: Int16Array, similarityWith: SimilarityWith): number {
    const square = meanSquareError(this.#luma.samples, applied(this.#luma.samples, delta));
    const loss = 1 - similarityWith(delta);
    const { meanSquare, similarity: allowed } = this.#strength;
    return max(square / meanSquare, loss / (1 - allowed));
  }

  /** Amplitudes with which every frequency comes out equally clear, as far as the same energy allows. */
  informed(first: Int16Array): Float64Array {
    const before = this.#spectrum(this.#luma.samples);
    const after = this.#spectrum(applied(this.#luma.samples, first));
    const floor = noiseFloor(before, this.#layout.unused);
    const host = this.#along(before, floor);
    const marked = this.#along(after, floor);
    let gain = 0;
    host.forEach((value, index) => (gain += marked[index] - value));
    gain /= host.length;
    if (gain <= 0) return new Float64Array(host.length).fill(1);
    const lacking = host.map((value) => -value / gain);
    return filled(lacking, this.#strength.floor);
  }

  #spectrum(samples: Uint8Array): TileSpectrum {
    const tile = new Float64Array(TILE * TILE);
    foldInto(tile, detectionPlane(samples, this.#luma.width, this.#luma.height), UPRIGHT);
    return spectrumOf(tile);
  }

  #along(spectrum: TileSpectrum, floor: NoiseFloor): Float64Array {
    const soft = readCarriers(spectrum, this.#layout.data, NO_SHIFT, floor);
    return soft.map((value, index) => (this.#word[index] === 1 ? -value : value));
  }
}

/** Level + lacking for each, at least `floor`, the level such that the mean square is 1. */
function filled(lacking: Float64Array, floor: number): Float64Array {
  let low = -20;
  let high = 20;
  for (let step = 0; step < 40; step += 1) {
    const level = (low + high) / 2;
    let square = 0;
    for (const lack of lacking) square += max(floor, level + lack) * max(floor, level + lack);
    if (square > lacking.length) high = level;
    else low = level;
  }
  return lacking.map((lack) => max(floor, low + lack));
}

function scaled(shape: Plane, factor: number): Int16Array {
  const delta = new Int16Array(shape.samples.length);
  for (let index = 0; index < delta.length; index += 1) delta[index] = round(shape.samples[index] * factor);
  return delta;
}

/** Samples of `channels` interleaved channels with the change of each pixel added to all of them, bounded to 0–255. */
export function applied(samples: Uint8Array, delta: Int16Array, channels = 1): Uint8Array {
  const result = new Uint8Array(samples.length);
  for (let pixel = 0, at = 0; pixel < delta.length; pixel += 1) {
    for (let channel = 0; channel < channels; channel += 1, at += 1) {
      result[at] = max(0, min(255, samples[at] + delta[pixel]));
    }
  }
  return result;
}
