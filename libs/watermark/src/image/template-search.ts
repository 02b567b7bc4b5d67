import { cosineOfTurn, sineOfTurn, TURN } from '../signal/trigonometry';
import { exp2, log2 } from '../signal/logarithm';
import { boxMean } from './box-filter';
import { type FrameSpectrum, SPECTRUM } from './frame-spectrum';
import { type Geometry } from './geometry';
import { type Carriers, TILE } from './mark-layout';
import { emptyPlane, type Plane } from './plane';

/** Looked up once: in the sandbox of a test, a look-up for every pixel costs more than the work. */
const { floor, min, round, sqrt } = Math;

/** Steps of a half turn: half a step moves the outermost pilot by less than half a bin. */
export const ANGLES = 512;
/** Steps of scale for an octave. */
export const STEPS_PER_OCTAVE = 96;
/** Lowest radius of the polar map, in cycles per canonical pixel. */
const LOWEST_RADIUS = 1 / 32;
const RADII = 4 * STEPS_PER_OCTAVE;
/** Bins around each that its power is compared with. */
const FLOOR_RADIUS = 8;
/** A single frequency counts at most this many times the power around it. */
const CLIP = 6;

export interface TemplateMatch {
  readonly score: number;
  readonly angle: number;
  /** Octaves·STEPS_PER_OCTAVE by which the content grew. */
  readonly scale: number;
  readonly mirrored: boolean;
}

/** Power of each bin relative to that around it, clipped. */
function relativePower({ real, imaginary }: FrameSpectrum): Plane {
  const power = emptyPlane(SPECTRUM, SPECTRUM);
  for (let index = 0; index < power.samples.length; index += 1) {
    power.samples[index] = real[index] * real[index] + imaginary[index] * imaginary[index];
  }
  const around = boxMean(power, FLOOR_RADIUS);
  for (let index = 0; index < power.samples.length; index += 1) {
    const mean = around.samples[index];
    power.samples[index] = mean > 0 ? min(CLIP, power.samples[index] / mean) : 0;
  }
  return power;
}

/** Polar map of the upper half plane: rows are angles of half a turn, columns logarithmic radii. */
function polarMap(power: Plane): Float32Array {
  const map = new Float32Array(ANGLES * RADII);
  const radii = Float64Array.from(
    { length: RADII },
    (_, index) => SPECTRUM * LOWEST_RADIUS * exp2(index / STEPS_PER_OCTAVE),
  );
  for (let angle = 0; angle < ANGLES; angle += 1) {
    const cosine = cosineOfTurn((angle * TURN) / (2 * ANGLES));
    const sine = sineOfTurn((angle * TURN) / (2 * ANGLES));
    for (let index = 0; index < RADII; index += 1) {
      const u = radii[index] * cosine;
      const v = radii[index] * sine;
      map[angle * RADII + index] = bilinear(power, u, v);
    }
  }
  return map;
}

function bilinear(power: Plane, u: number, v: number): number {
  const u0 = floor(u);
  const v0 = floor(v);
  const fu = u - u0;
  const fv = v - v0;
  const upper = (v0 & (SPECTRUM - 1)) * SPECTRUM;
  const lower = ((v0 + 1) & (SPECTRUM - 1)) * SPECTRUM;
  const left = u0 & (SPECTRUM - 1);
  const right = (u0 + 1) & (SPECTRUM - 1);
  const { samples } = power;
  return (
    (samples[upper + left] * (1 - fu) + samples[upper + right] * fu) * (1 - fv) +
    (samples[lower + left] * (1 - fu) + samples[lower + right] * fu) * fv
  );
}

/** Angle of a direction in steps of half a turn, by bisection of the table of cosines: 0 to 2·ANGLES − 1, not whole. */
function angleOf(across: number, down: number): number {
  const radius = sqrt(across * across + down * down);
  const cosine = across / radius;
  let low = 0;
  let high = TURN / 2;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (cosineOfTurn(middle) >= cosine) low = middle;
    else high = middle;
  }
  return (low * 2 * ANGLES) / TURN;
}

/**
 * Scales searched, in steps of 1/STEPS_PER_OCTAVE octave; positive where the content grew in the frame, as it does when it
 * is cropped. From 0.66 (put on a larger page) to 2.3 (a fifth of the area was kept).
 */
const LOWEST_SCALE = -58;
const HIGHEST_SCALE = 116;
const SCALES = HIGHEST_SCALE - LOWEST_SCALE + 1;

/**
 * The best matches of the pilots' pattern of powers in the spectrum, over every angle of half a turn, scale and mirror
 * image: powers are the same wherever the tile begins, and under half a turn.
 */
export function searchTemplate(spectrum: FrameSpectrum, pilots: Carriers, keep: number): TemplateMatch[] {
  const map = polarMap(relativePower(spectrum));
  const best: TemplateMatch[] = [];
  for (const mirrored of [false, true]) {
    const scores = new Float32Array(ANGLES * SCALES);
    for (let pilot = 0; pilot < pilots.across.length; pilot += 1) {
      addPilot(scores, map, place(pilots, pilot, mirrored));
    }
    collect(best, scores, mirrored, keep);
  }
  return best;
}

function place(pilots: Carriers, pilot: number, mirrored: boolean): { angle: number; radius: number } {
  const across = mirrored ? -pilots.across[pilot] : pilots.across[pilot];
  const down = pilots.down[pilot];
  const radius = sqrt(across * across + down * down) / TILE / LOWEST_RADIUS;
  return { angle: round(angleOf(across, down)), radius: round(log2(radius) * STEPS_PER_OCTAVE) };
}

function addPilot(
  scores: Float32Array,
  map: Float32Array,
  pilot: { readonly angle: number; readonly radius: number },
): void {
  for (let angle = 0; angle < ANGLES; angle += 1) {
    // Growing by a factor moves a frequency inwards by it.
    const row = ((pilot.angle + angle) % ANGLES) * RADII + pilot.radius - LOWEST_SCALE;
    const to = angle * SCALES;
    for (let scale = 0; scale < SCALES; scale += 1) scores[to + scale] += map[row - scale];
  }
}

function collect(best: TemplateMatch[], scores: Float32Array, mirrored: boolean, keep: number): void {
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index];
    if (best.length === keep && score <= best[keep - 1].score) continue;
    const angle = floor(index / SCALES);
    const scale = index - angle * SCALES;
    if (!peak(scores, angle, scale)) continue;
    insert(best, { score, angle, scale: scale + LOWEST_SCALE, mirrored }, keep);
  }
}

/** Whether no neighbor is higher; of equal ones the first counts. */
function peak(scores: Float32Array, angle: number, scale: number): boolean {
  const here = scores[angle * SCALES + scale];
  for (let turn = -1; turn <= 1; turn += 1) {
    const row = ((angle + turn + ANGLES) % ANGLES) * SCALES;
    for (let step = -1; step <= 1; step += 1) {
      const at = scale + step;
      if (at >= 0 && at < SCALES && scores[row + at] > here) return false;
    }
  }
  return true;
}

function insert(best: TemplateMatch[], match: TemplateMatch, keep: number): void {
  let at = best.length;
  while (at > 0 && best[at - 1].score < match.score) at -= 1;
  best.splice(at, 0, match);
  if (best.length > keep) best.pop();
}

/** M of a match: rotated by angle/ANGLES of half a turn, grown, and mirrored first. */
export function geometryOf(angle: number, scale: number, mirrored: boolean): Geometry {
  const factor = exp2(scale / STEPS_PER_OCTAVE);
  const steps = round((angle * TURN) / (2 * ANGLES));
  const cosine = factor * cosineOfTurn(steps);
  const sine = factor * sineOfTurn(steps);
  const sign = mirrored ? -1 : 1;
  return { a: sign * cosine, b: -sine, c: sign * sine, d: cosine };
}
