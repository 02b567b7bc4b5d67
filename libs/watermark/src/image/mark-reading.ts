import { inverseFourier2d } from '../signal/fourier';
import { cosineOfTurn, sineOfTurn, TURN } from '../signal/trigonometry';
import { type Carriers, TILE } from './mark-layout';
import { binOf, type TileSpectrum } from './tile-spectrum';

/** Looked up once: in the sandbox of a test, a look-up for every pixel costs more than the work. */
const { abs, max, min, round, sqrt } = Math;

/** Where the tile begins, in pixels of the tile; not whole. */
export interface Shift {
  readonly x: number;
  readonly y: number;
  /** Agreement of the pilots in units of its deviation on content without the mark. */
  readonly score: number;
}

/** Power of unused frequencies in rings of radius: what the content itself leaves at each. */
export interface NoiseFloor {
  readonly rings: Float64Array;
}

const RING = 2;
const RINGS = TILE / RING;

export function noiseFloor(
  spectrum: TileSpectrum,
  unused: { readonly across: Int32Array; readonly down: Int32Array },
): NoiseFloor {
  const sums = new Float64Array(RINGS);
  const counts = new Float64Array(RINGS);
  const { across, down } = unused;
  let total = 0;
  for (let index = 0; index < across.length; index += 1) {
    const at = binOf(across[index], down[index]);
    const power = spectrum.real[at] * spectrum.real[at] + spectrum.imaginary[at] * spectrum.imaginary[at];
    const ring = ringOf(across[index], down[index]);
    // Neighbors count as well, less: rings with few unused frequencies have a floor too.
    for (let near = max(0, ring - 2); near <= min(RINGS - 1, ring + 2); near += 1) {
      const weight = 1 / (1 + abs(near - ring));
      sums[near] += weight * power;
      counts[near] += weight;
    }
    total += power;
  }
  const mean = total / max(1, across.length);
  return { rings: sums.map((sum, ring) => (counts[ring] > 0 ? sum / counts[ring] : mean)) };
}

function ringOf(across: number, down: number): number {
  return min(RINGS - 1, Math.floor(sqrt(across * across + down * down) / RING));
}

export function floorAt(floor: NoiseFloor, across: number, down: number): number {
  return floor.rings[ringOf(across, down)];
}

/** The shift at which the pilots agree best, to a fraction of a pixel. */
export function findShift(spectrum: TileSpectrum, pilots: Carriers, floor: NoiseFloor): Shift {
  const real = new Float64Array(TILE * TILE);
  const imaginary = new Float64Array(TILE * TILE);
  let energy = 0;
  for (let pilot = 0; pilot < pilots.across.length; pilot += 1) {
    const at = binOf(pilots.across[pilot], pilots.down[pilot]);
    const noise = floorAt(floor, pilots.across[pilot], pilots.down[pilot]);
    const re = spectrum.real[at];
    const im = spectrum.imaginary[at];
    const size = sqrt((re * re + im * im) / noise);
    // Beyond three deviations a frequency says no more: one strong grating of the content must not decide.
    const weight = min(1, 3 / max(size, 1e-12)) / sqrt(noise);
    const cosine = cosineOfTurn(pilots.phase[pilot]) * weight;
    const sine = sineOfTurn(pilots.phase[pilot]) * weight;
    real[at] += re * cosine + im * sine;
    imaginary[at] += im * cosine - re * sine;
    energy += weight * weight * (re * re + im * im);
  }
  inverseFourier2d(real, imaginary, TILE, TILE);
  let best = 0;
  for (let at = 1; at < real.length; at += 1) if (real[at] > real[best]) best = at;
  const x = best & (TILE - 1);
  const y = Math.floor(best / TILE);
  const left = real[y * TILE + ((x - 1) & (TILE - 1))];
  const right = real[y * TILE + ((x + 1) & (TILE - 1))];
  const above = real[((y - 1) & (TILE - 1)) * TILE + x];
  const below = real[((y + 1) & (TILE - 1)) * TILE + x];
  return {
    x: x + vertex(left, real[best], right),
    y: y + vertex(above, real[best], below),
    score: energy > 0 ? (real[best] * TILE * TILE) / sqrt(energy / 2) : 0,
  };
}

/** Offset of the top of the parabola through three neighbors. */
function vertex(before: number, top: number, after: number): number {
  const curve = before - 2 * top + after;
  return curve < 0 ? (before - after) / (2 * curve) : 0;
}

/**
 * Soft values of the carriers: the part of each that lies along its phase, in deviations of the noise around it. The shift
 * turns a frequency by its own number of turns.
 */
export function readCarriers(
  spectrum: TileSpectrum,
  carriers: Carriers,
  shift: Shift,
  floor: NoiseFloor,
): Float64Array {
  const soft = new Float64Array(carriers.across.length);
  for (let index = 0; index < soft.length; index += 1) {
    const across = carriers.across[index];
    const down = carriers.down[index];
    const at = binOf(across, down);
    // A tile that begins at +shift has its frequencies turned by −f·shift.
    const turn = round(((across * shift.x + down * shift.y) * TURN) / TILE) - carriers.phase[index];
    const along = spectrum.real[at] * cosineOfTurn(turn) - spectrum.imaginary[at] * sineOfTurn(turn);
    soft[index] = along / sqrt(floorAt(floor, across, down) / 2 + 1e-30);
  }
  return soft;
}
