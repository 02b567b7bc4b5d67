import { inverseFourier2d } from '../signal/fourier';
import { cosineOfTurn, sineOfTurn } from '../signal/trigonometry';
import { type FrameSpectrum, SPECTRUM } from './frame-spectrum';
import { type Geometry, inverse } from './geometry';
import { type Carriers, TILE } from './mark-layout';

/** Looked up once: in the sandbox of a test, a look-up for every pixel costs more than the work. */
const { floor, sqrt } = Math;

/** Points of the shift search along each axis: every second pixel of the tile, enough for the pilots' low frequencies. */
const GRID = 64;

/**
 * How well the pilots agree with the spectrum of a frame in one geometry, over all shifts: the highest correlation in
 * units of its deviation on content without the mark.
 */
export function alignmentScore(spectrum: FrameSpectrum, pilots: Carriers, geometry: Geometry): number {
  const real = new Float64Array(GRID * GRID);
  const imaginary = new Float64Array(GRID * GRID);
  const { a, b, c, d } = inverse(geometry);
  let energy = 0;
  for (let pilot = 0; pilot < pilots.across.length; pilot += 1) {
    const across = pilots.across[pilot];
    const down = pilots.down[pilot];
    // A frequency f of the tile stands in the frame at f·M⁻¹.
    const u = (SPECTRUM / TILE) * (a * across + c * down);
    const v = (SPECTRUM / TILE) * (b * across + d * down);
    const [re, im] = interpolated(spectrum, u, v);
    const size = sqrt(re * re + im * im);
    if (size === 0) continue;
    // Square root of the size: no single frequency of the content decides.
    const weight = 1 / sqrt(size);
    const cosine = cosineOfTurn(pilots.phase[pilot]) * weight;
    const sine = sineOfTurn(pilots.phase[pilot]) * weight;
    const at = (down & (GRID - 1)) * GRID + (across & (GRID - 1));
    real[at] += re * cosine + im * sine;
    imaginary[at] += im * cosine - re * sine;
    energy += size;
  }
  inverseFourier2d(real, imaginary, GRID, GRID);
  let highest = 0;
  for (const value of real) if (value > highest) highest = value;
  return energy > 0 ? (highest * GRID * GRID) / sqrt(energy / 2) : 0;
}

function interpolated({ real, imaginary }: FrameSpectrum, u: number, v: number): readonly [number, number] {
  const u0 = floor(u);
  const v0 = floor(v);
  const fu = u - u0;
  const fv = v - v0;
  const upper = (v0 & (SPECTRUM - 1)) * SPECTRUM;
  const lower = ((v0 + 1) & (SPECTRUM - 1)) * SPECTRUM;
  const left = u0 & (SPECTRUM - 1);
  const right = (u0 + 1) & (SPECTRUM - 1);
  const nw = (1 - fu) * (1 - fv);
  const ne = fu * (1 - fv);
  const sw = (1 - fu) * fv;
  const se = fu * fv;
  return [
    real[upper + left] * nw + real[upper + right] * ne + real[lower + left] * sw + real[lower + right] * se,
    imaginary[upper + left] * nw +
      imaginary[upper + right] * ne +
      imaginary[lower + left] * sw +
      imaginary[lower + right] * se,
  ];
}
