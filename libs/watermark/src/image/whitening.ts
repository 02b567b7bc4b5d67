import { boxMean } from './box-filter';
import { emptyPlane, type Plane } from './plane';

/** Looked up once: in the sandbox of a test, a look-up for every pixel costs more than the work. */
const { max, min, sqrt } = Math;

/** Pixels around each that its mean and deviation are taken over. */
const MEAN_RADIUS = 5;
const DEVIATION_RADIUS = 5;
/** Deviation, in grey levels, below which a region counts as flat: keeps noise of flat parts from being blown up. */
const FLAT_DEVIATION = 1.5;
/** Deviations beyond this are edges, of which no single one may decide. */
const CLIP = 3;

/** The plane with its local mean taken away, divided by its local deviation: the content's own structure weighs little. */
export function whiten(plane: Plane): Plane {
  const { width, height, samples } = plane;
  const mean = boxMean(plane, MEAN_RADIUS);
  const residual = emptyPlane(width, height);
  const square = emptyPlane(width, height);
  for (let index = 0; index < samples.length; index += 1) {
    const value = samples[index] - mean.samples[index];
    residual.samples[index] = value;
    square.samples[index] = value * value;
  }
  const variance = boxMean(square, DEVIATION_RADIUS);
  const floor = FLAT_DEVIATION * FLAT_DEVIATION;
  for (let index = 0; index < samples.length; index += 1) {
    const value = residual.samples[index] / sqrt(max(0, variance.samples[index]) + floor);
    residual.samples[index] = max(-CLIP, min(CLIP, value));
  }
  return residual;
}
