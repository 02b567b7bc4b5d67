import { canonicalSize, resample } from './canonical-frame';
import { type Plane } from './plane';
import { whiten } from './whitening';

/** What the detector sees of a luma plane: in canonical size, local mean and contrast evened out. */
export function detectionPlane(luma: Uint8Array, width: number, height: number): Plane {
  return whiten(resample(luma, { width, height }, canonicalSize(width, height)));
}
