import { boxMean } from './box-filter';
import { emptyPlane, type Plane } from './plane';

/** Looked up once: in the sandbox of a test, a look-up for every pixel costs more than the work. */
const { max, min, sqrt } = Math;

/** Window of the structural similarity that the mask follows: 7×7. */
const RADIUS = 3;
/**
 * Added to the variance: a mark in flat parts costs much similarity and strong compression removes it, so they get less
 * than similarity alone would give them (its constant C2 is 58.5); but drawings have little else.
 */
const STABILITY = 25;
/** Deviation of the content, in grey levels, above which more structure hides no more: edges are evened out again. */
const CEILING = 8;

/**
 * How strongly each pixel may be changed, up to one factor for the whole image: √(2·variance + STABILITY), the variance
 * bounded.
 */
export function activityMask(luma: Uint8Array, width: number, height: number): Plane {
  const values = emptyPlane(width, height);
  const squares = emptyPlane(width, height);
  for (let index = 0; index < luma.length; index += 1) {
    values.samples[index] = luma[index];
    squares.samples[index] = luma[index] * luma[index];
  }
  const mean = boxMean(values, RADIUS);
  const square = boxMean(squares, RADIUS);
  for (let index = 0; index < luma.length; index += 1) {
    const variance = square.samples[index] - mean.samples[index] * mean.samples[index];
    values.samples[index] = sqrt(2 * max(0, min(CEILING * CEILING, variance)) + STABILITY);
  }
  return boxMean(values, 1);
}
