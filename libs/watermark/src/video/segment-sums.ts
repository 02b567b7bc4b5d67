import { canonicalSize, type FrameSize, resample } from '../image/canonical-frame';
import { emptyPlane, type Plane } from '../image/plane';
import { whiten } from '../image/whitening';

/** What the detector sees of some pictures that follow each other. */
export interface Segment {
  /** First picture, and the one after the last. */
  readonly first: number;
  readonly end: number;
  readonly plane: Plane;
}

export interface SegmentRule {
  /** Pictures whose mean is taken before it is whitened: about a second. */
  readonly burst: number;
  /** Pictures of a segment at first; a multiple of `burst`. */
  readonly frames: number;
  /** Segments that are kept, an even number; when they are full, each two become one. */
  readonly most: number;
}

/**
 * Detection planes of the segments of a video, in one pass over an unknown number of pictures and in bounded memory. In the
 * mean of many pictures their content blurs while the mark, which is the same in all of them, stays. Counts pictures, not seconds:
 * time stamps are not believed, and pictures left out or repeated change nothing.
 */
export class SegmentSums {
  readonly #size: FrameSize;
  readonly #burst: number;
  readonly #most: number;
  /** Sums of whole numbers: exact in any order, below 2^32 for more pictures than a burst may have. */
  readonly #sum: Uint32Array;
  #inBurst = 0;
  #frames: number;
  #count = 0;
  #planes: Plane[] = [];

  constructor(size: FrameSize, { burst, frames, most }: SegmentRule) {
    this.#size = size;
    this.#burst = burst;
    this.#frames = frames;
    this.#most = most;
    this.#sum = new Uint32Array(size.width * size.height);
  }

  /** Takes the brightness of the next picture. */
  take(luma: Uint8Array): void {
    const sum = this.#sum;
    for (let index = 0; index < sum.length; index += 1) sum[index] += luma[index];
    this.#inBurst += 1;
    this.#count += 1;
    if (this.#inBurst === this.#burst) this.#endBurst();
  }

  #endBurst(): void {
    const mean = Float32Array.from(this.#sum, (value) => value / this.#inBurst);
    const { width, height } = this.#size;
    const plane = whiten(resample(mean, this.#size, canonicalSize(width, height)));
    this.#sum.fill(0);
    const first = this.#count - this.#inBurst;
    this.#inBurst = 0;
    this.#add(first, plane);
  }

  #add(first: number, plane: Plane): void {
    if (first >= this.#frames * this.#most) this.#merge();
    const segment = Math.floor(first / this.#frames);
    const sum = this.#planes.at(segment);
    if (sum === undefined) this.#planes.push(plane);
    else addTo(sum, plane);
  }

  #merge(): void {
    const merged = this.#planes.filter((_, index) => index % 2 === 0);
    this.#planes.forEach((plane, index) => {
      if (index % 2 === 1) addTo(merged[(index - 1) / 2], plane);
    });
    this.#planes = merged;
    this.#frames *= 2;
  }

  /** Pictures taken so far. */
  get count(): number {
    return this.#count;
  }

  /** The segments of all pictures taken; none may be taken afterwards. */
  segments(): Segment[] {
    if (this.#inBurst > 0) this.#endBurst();
    return this.#planes.map((plane, index) => ({
      first: index * this.#frames,
      end: Math.min(this.#count, (index + 1) * this.#frames),
      plane,
    }));
  }
}

/** All segments of a video as one. */
export function totalPlane(segments: readonly Segment[]): Plane {
  const total = emptyPlane(segments[0].plane.width, segments[0].plane.height);
  for (const { plane } of segments) addTo(total, plane);
  return total;
}

function addTo(sum: Plane, plane: Plane): void {
  for (let index = 0; index < sum.samples.length; index += 1) sum.samples[index] += plane.samples[index];
}
