import { fourier2d } from '../signal/fourier';
import { type Plane } from './plane';

/** Points of the transform of a whole frame along each axis. */
export const SPECTRUM = 512;

/** Transform of a windowed frame with its middle as origin: smooth from bin to bin, so that it may be interpolated. */
export interface FrameSpectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Parabola that falls to zero at the border (Welch window): keeps the frame's edges out of the spectrum. */
function windowOf(size: number): Float64Array {
  const center = size >> 1;
  const half = center + 1;
  return Float64Array.from(
    { length: size },
    (_, index) => 1 - ((index - center) / half) * ((index - center) / half),
  );
}

export function frameSpectrum(plane: Plane): FrameSpectrum {
  const { width, height, samples } = plane;
  const real = new Float64Array(SPECTRUM * SPECTRUM);
  const imaginary = new Float64Array(SPECTRUM * SPECTRUM);
  const across = windowOf(width);
  const down = windowOf(height);
  for (let row = 0; row < height; row += 1) {
    const to = ((row - (height >> 1)) & (SPECTRUM - 1)) * SPECTRUM;
    for (let column = 0; column < width; column += 1) {
      real[to + ((column - (width >> 1)) & (SPECTRUM - 1))] +=
        samples[row * width + column] * across[column] * down[row];
    }
  }
  fourier2d(real, imaginary, SPECTRUM, SPECTRUM);
  return { real, imaginary };
}
