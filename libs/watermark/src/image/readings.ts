import { frameSpectrum } from './frame-spectrum';
import { type Geometry, turnedCarriers, UPRIGHT } from './geometry';
import { type MarkLayout, TILE } from './mark-layout';
import { findShift, noiseFloor, readCarriers, type Shift } from './mark-reading';
import { type Plane } from './plane';
import { alignmentScore } from './template-alignment';
import { ANGLES, geometryOf, searchTemplate } from './template-search';
import { foldInto, spectrumOf } from './tile-spectrum';

/** The soft values of the data frequencies in one geometry, masked as embedded. */
export interface Reading {
  readonly geometry: Geometry;
  readonly shift: Shift;
  readonly soft: Float64Array;
}

/** The content as it was, mirrored, turned by quarters, and both: no search is needed. */
const EASY: readonly Geometry[] = [
  UPRIGHT,
  { a: -1, b: 0, c: 0, d: 1 },
  { a: -1, b: 0, c: 0, d: -1 },
  { a: 0, b: -1, c: 1, d: 0 },
  { a: 0, b: 1, c: -1, d: 0 },
  { a: 1, b: 0, c: 0, d: -1 },
  { a: 0, b: 1, c: 1, d: 0 },
  { a: 0, b: -1, c: -1, d: 0 },
];
/** Readings that each stage hands out at most. */
const EASY_READINGS = 2;
const SEARCHED_READINGS = 3;
/** What `readings` hands out at most: the hypotheses of one frame. */
export const MAX_READINGS = EASY_READINGS + SEARCHED_READINGS;
/** Matches of the powers whose phases are compared as well. */
const MATCHES = 24;
/** Agreement of the pilots below which a geometry is not worth decoding: unmarked content reaches it one time in three. */
const LEAST_AGREEMENT = 4.4;

/**
 * Readings of a detection plane in the geometries in which the pilots agree best, likeliest first; at most MAX_READINGS.
 * Lazy: who is satisfied stops. The mask of the code has no part in the choice.
 */
export function* readings(plane: Plane, layout: MarkLayout): Generator<Reading> {
  yield* easyReadings(plane, layout);
  for (const geometry of searchedGeometries(plane, layout)) {
    const reading = readAt(plane, layout, geometry);
    if (reading.shift.score >= LEAST_AGREEMENT) yield reading;
  }
}

/** One reading in one geometry, at the shift where the pilots agree best. */
export function readAt(plane: Plane, layout: MarkLayout, geometry: Geometry): Reading {
  const tile = new Float64Array(TILE * TILE);
  foldInto(tile, plane, geometry);
  const spectrum = spectrumOf(tile);
  const floor = noiseFloor(spectrum, layout.unused);
  const shift = findShift(spectrum, layout.pilots, floor);
  return { geometry, shift, soft: readCarriers(spectrum, layout.data, shift, floor) };
}

/** All easy geometries see the same folded tile, with the carriers turned instead. */
function easyReadings(plane: Plane, layout: MarkLayout): Reading[] {
  const tile = new Float64Array(TILE * TILE);
  foldInto(tile, plane, UPRIGHT);
  const spectrum = spectrumOf(tile);
  const found = EASY.map((geometry) => {
    const floor = noiseFloor(spectrum, turnedCarriers(layout.unused, geometry));
    const shift = findShift(spectrum, turnedCarriers(layout.pilots, geometry), floor);
    const read = (): Float64Array =>
      readCarriers(spectrum, turnedCarriers(layout.data, geometry), shift, floor);
    return { geometry, shift, read };
  });
  return found
    .filter(({ shift }) => shift.score >= LEAST_AGREEMENT)
    .sort((one, other) => other.shift.score - one.shift.score)
    .slice(0, EASY_READINGS)
    .map(({ geometry, shift, read }) => ({ geometry, shift, soft: read() }));
}

interface Candidate {
  /** In steps of a half turn over ANGLES, up to a full turn. */
  readonly angle: number;
  readonly scale: number;
  readonly mirrored: boolean;
  readonly score: number;
}

type Score = (angle: number, scale: number, mirrored: boolean) => number;

function searchedGeometries(plane: Plane, layout: MarkLayout): Geometry[] {
  const spectrum = frameSpectrum(plane);
  const score: Score = (angle, scale, mirrored) =>
    alignmentScore(spectrum, layout.pilots, geometryOf(angle, scale, mirrored));
  const aligned: Candidate[] = [];
  for (const { angle, scale, mirrored } of searchTemplate(spectrum, layout.pilots, MATCHES)) {
    // Powers are the same after half a turn; phases are not.
    for (const turned of [angle, angle + ANGLES]) {
      aligned.push({ angle: turned, scale, mirrored, score: score(turned, scale, mirrored) });
    }
  }
  return aligned
    .sort(byScore)
    .slice(0, SEARCHED_READINGS)
    .map((candidate) => refined(candidate, score))
    .sort(byScore)
    .map(({ angle, scale, mirrored }) => geometryOf(angle, scale, mirrored));
}

/** Best first; of equal ones, the earlier found stays first (sorting is stable). */
function byScore(one: Candidate, other: Candidate): number {
  return other.score - one.score;
}

/** The best of the neighborhood, in steps of a half and then a quarter of the search's own. */
function refined(start: Candidate, score: Score): Candidate {
  let best = start;
  for (const step of [0.5, 0.25]) {
    const { angle, scale, mirrored } = best;
    for (const [turn, grow] of NEIGHBORS) {
      const at = { angle: angle + turn * step, scale: scale + grow * step, mirrored };
      const value = score(at.angle, at.scale, mirrored);
      if (value > best.score) best = { ...at, score: value };
    }
  }
  return best;
}

const NEIGHBORS: readonly (readonly [number, number])[] = [
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 0],
  [1, 1],
];
