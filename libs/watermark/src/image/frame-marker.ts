import { activityMask } from './activity-mask';
import { canonicalSize, type FrameSize } from './canonical-frame';
import { type MarkLayout } from './mark-layout';
import { type Plane } from './plane';
import { TilePattern } from './tile-pattern';

/**
 * The mark for many luma planes of one size: the same pattern in each, only as strong as the plane's own structure hides.
 * For video: `delta` for every frame; the detector adds up the detection planes of many frames (`addPlane`) and hands the
 * sum to `findMark`, in which the mark grows with the number of frames and the content with its root.
 */
export class FrameMarker {
  readonly #size: FrameSize;
  readonly #pattern: Plane;

  /** `word` is the code word XORed with the code mask; `pilotGain` as in the scheme document. */
  constructor(size: FrameSize, layout: MarkLayout, word: Uint8Array, pilotGain: number) {
    this.#size = size;
    const pattern = new TilePattern();
    pattern.add(
      layout.data,
      Float64Array.from(word, (bit) => (bit === 1 ? -1 : 1)),
    );
    pattern.add(layout.pilots, new Float64Array(layout.pilots.across.length).fill(pilotGain));
    this.#pattern = pattern.over(size, canonicalSize(size.width, size.height));
  }

  /**
   * Change of one plane, with a root mean square of about `deviation` grey levels; the caller adds it and bounds the sum to
   * the range of the samples.
   */
  delta(luma: Uint8Array, deviation: number): Int16Array {
    const { samples } = activityMask(luma, this.#size.width, this.#size.height);
    let energy = 0;
    for (let index = 0; index < samples.length; index += 1) {
      samples[index] *= this.#pattern.samples[index];
      energy += samples[index] * samples[index];
    }
    const factor = energy > 0 ? deviation / Math.sqrt(energy / samples.length) : 0;
    return Int16Array.from(samples, (value) => Math.round(value * factor));
  }
}

/** Adds a plane to a sum of the same size, in the order of calls. */
export function addPlane(sum: Plane, plane: Plane): void {
  for (let index = 0; index < plane.samples.length; index += 1) sum.samples[index] += plane.samples[index];
}
