import { fourier2d } from '../signal/fourier';
import { type Geometry, inverse } from './geometry';
import { TILE } from './mark-layout';
import { type Plane } from './plane';

/** Looked up once: in the sandbox of a test, a look-up for every pixel costs more than the work. */
const { trunc } = Math;

/** Transform of the tile that all of a plane was folded into. */
export interface TileSpectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Adds every pixel of the plane (or of a region of it) to the place of the tile that it lies over. */
export function foldInto(tile: Float64Array, plane: Plane, geometry: Geometry, region?: Region): void {
  const { left, top, right, bottom } = region ?? {
    left: 0,
    top: 0,
    right: plane.width,
    bottom: plane.height,
  };
  const { a, b, c, d } = inverse(geometry);
  const centerX = plane.width >> 1;
  const centerY = plane.height >> 1;
  for (let row = top; row < bottom; row += 1) {
    const y = row - centerY;
    // The tile is endless: a large multiple of its side keeps coordinates positive.
    const baseX = b * y + 64 * TILE;
    const baseY = d * y + 64 * TILE;
    for (let column = left; column < right; column += 1) {
      const x = column - centerX;
      const u = a * x + baseX;
      const v = c * x + baseY;
      const u0 = trunc(u);
      const v0 = trunc(v);
      const fu = u - u0;
      const fv = v - v0;
      const value = plane.samples[row * plane.width + column];
      const x0 = u0 & (TILE - 1);
      const x1 = (u0 + 1) & (TILE - 1);
      const y0 = (v0 & (TILE - 1)) * TILE;
      const y1 = ((v0 + 1) & (TILE - 1)) * TILE;
      const upper = value * (1 - fv);
      const lower = value * fv;
      tile[y0 + x0] += upper * (1 - fu);
      tile[y0 + x1] += upper * fu;
      tile[y1 + x0] += lower * (1 - fu);
      tile[y1 + x1] += lower * fu;
    }
  }
}

export function spectrumOf(tile: Float64Array): TileSpectrum {
  const real = Float64Array.from(tile);
  const imaginary = new Float64Array(tile.length);
  fourier2d(real, imaginary, TILE, TILE);
  return { real, imaginary };
}

/** Index of a frequency in a transform. */
export function binOf(across: number, down: number): number {
  return (down & (TILE - 1)) * TILE + (across & (TILE - 1));
}
