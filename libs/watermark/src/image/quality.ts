import { boxMean } from './box-filter';
import { emptyPlane, type Plane } from './plane';

/** Window 7×7 and the constants of Z. Wang et al. 2004: (0.01·255)² and (0.03·255)². */
const RADIUS = 3;
const WINDOW = (2 * RADIUS + 1) * (2 * RADIUS + 1);
const C1 = 6.5025;
const C2 = 58.5225;

/** Mean square of the differences. */
export function meanSquareError(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] - b[index]) * (a[index] - b[index]);
  return sum / a.length;
}

/**
 * Mean structural similarity of two 8-bit planes (Wang et al. 2004) over 7×7 windows of equal weight, sample covariance,
 * windows wholly inside the image. An image with no whole window is judged by the windows it has.
 */
export class Similarity {
  readonly #a: Plane;
  readonly #meanA: Plane;
  readonly #squareA: Plane;

  constructor(original: Uint8Array, width: number, height: number) {
    this.#a = planeOf(original, width, height);
    this.#meanA = boxMean(this.#a, RADIUS);
    this.#squareA = boxMean(product(this.#a, this.#a), RADIUS);
  }

  with(other: Uint8Array): number {
    const { width, height } = this.#a;
    const b = planeOf(other, width, height);
    const meanB = boxMean(b, RADIUS).samples;
    const squareB = boxMean(product(b, b), RADIUS).samples;
    const both = boxMean(product(this.#a, b), RADIUS).samples;
    const border = Math.min(width, height) > 2 * RADIUS ? RADIUS : 0;
    const sample = WINDOW / (WINDOW - 1);
    let sum = 0;
    for (let row = border; row < height - border; row += 1) {
      for (let at = row * width + border; at < (row + 1) * width - border; at += 1) {
        const ma = this.#meanA.samples[at];
        const mb = meanB[at];
        const va = sample * (this.#squareA.samples[at] - ma * ma);
        const vb = sample * (squareB[at] - mb * mb);
        const cov = sample * (both[at] - ma * mb);
        sum += ((2 * ma * mb + C1) * (2 * cov + C2)) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
      }
    }
    return sum / ((width - 2 * border) * (height - 2 * border));
  }
}

function planeOf(samples: Uint8Array, width: number, height: number): Plane {
  return { samples: Float32Array.from(samples), width, height };
}

function product(a: Plane, b: Plane): Plane {
  const result = emptyPlane(a.width, a.height);
  for (let index = 0; index < result.samples.length; index += 1) {
    result.samples[index] = a.samples[index] * b.samples[index];
  }
  return result;
}
