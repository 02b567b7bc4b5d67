import { boxMean } from './box-filter';
import { emptyPlane, type Plane } from './plane';

/** Window of the structural similarity that the mask follows: 7×7. */
const RADIUS = 3;
/** C2 of structural similarity: (0.03·255)². */
const STABILITY = 58.5225;
/** Deviation of the content, in grey levels, above which more structure hides no more of the mark. */
const CEILING = 14;

/** How strongly each pixel may be changed, up to one factor for the whole image: √(2·variance + C2), the variance bounded. */
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
    values.samples[index] = Math.sqrt(2 * Math.max(0, Math.min(CEILING * CEILING, variance)) + STABILITY);
  }
  return boxMean(values, 1);
}
