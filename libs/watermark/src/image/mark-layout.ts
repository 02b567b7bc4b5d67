import { KeyedStream } from '../keys/keyed-stream';
import { type WatermarkKey } from '../keys/watermark-key';
import { TURN } from '../signal/trigonometry';

/** Side of the periodic tile in canonical pixels. */
export const TILE = 128;

/** Code bits: one frequency carries one. */
export const DATA_COUNT = 512;
/**
 * Radii of data frequencies in cycles per tile. Below 7 the content itself is loud; above 30, a quarter of a cycle per
 * canonical pixel, half the size of a small image cannot show them any more.
 */
export const DATA_RADII = { lowest: 7, highest: 30 } as const;
/** Frequencies without a bit, by which the tile is found after rotation, resizing and cropping. */
export const PILOT_COUNT = 64;
/** Radii of pilots: far enough out that an angle shows, far enough in that a blur leaves them. */
export const PILOT_RADII = { lowest: 10, highest: 26 } as const;

/** A set of frequencies with a keyed phase each. */
export interface Carriers {
  /** Cycles per tile to the right, −TILE/2 … TILE/2 − 1. */
  readonly across: Int32Array;
  /** Cycles per tile downwards. */
  readonly down: Int32Array;
  /** Phase in 1/TURN of a full turn. */
  readonly phase: Int32Array;
}

export interface MarkLayout {
  readonly pilots: Carriers;
  readonly data: Carriers;
  /** Frequencies of the band that carry nothing: they tell the noise. */
  readonly unused: { readonly across: Int32Array; readonly down: Int32Array };
}

/** Frequencies nearer to an axis are full of the edges of houses, letters and frames. */
const AXIS_MARGIN = 2;

/** Frequencies of the upper half plane between two radii, row by row: the lower half repeats them. */
function frequenciesOf({
  lowest,
  highest,
}: {
  readonly lowest: number;
  readonly highest: number;
}): [number, number][] {
  const found: [number, number][] = [];
  for (let down = AXIS_MARGIN; down <= highest; down += 1) {
    for (let across = -highest; across <= highest; across += 1) {
      const square = across * across + down * down;
      const inside = square >= lowest * lowest && square <= highest * highest;
      if (inside && Math.abs(across) >= AXIS_MARGIN) found.push([across, down]);
    }
  }
  return found;
}

function carriersOf(
  key: WatermarkKey,
  label: string,
  places: readonly (readonly [number, number])[],
  count: number,
): Carriers {
  const stream = new KeyedStream(key, label);
  const order = stream.permutation(places.length).subarray(0, count);
  return {
    across: Int32Array.from(order, (place) => places[place][0]),
    down: Int32Array.from(order, (place) => places[place][1]),
    phase: Int32Array.from({ length: count }, () => stream.below(TURN)),
  };
}

/**
 * Which frequencies carry what, and at which phase: all of it from the key. Pilots choose the geometry that is read, so
 * they come from another subkey than the code mask, which judges the reading.
 */
export function layoutOf(key: WatermarkKey): MarkLayout {
  const pilots = carriersOf(key, 'image-pilots', frequenciesOf(PILOT_RADII), PILOT_COUNT);
  const taken = new Set(namesOf(pilots));
  const free = frequenciesOf(DATA_RADII).filter(([across, down]) => !taken.has(nameOf(across, down)));
  const data = carriersOf(key, 'image-data', free, DATA_COUNT);
  for (const name of namesOf(data)) taken.add(name);
  const unused = free.filter(([across, down]) => !taken.has(nameOf(across, down)));
  return {
    pilots,
    data,
    unused: {
      across: Int32Array.from(unused, ([across]) => across),
      down: Int32Array.from(unused, ([, down]) => down),
    },
  };
}

function nameOf(across: number, down: number): number {
  return down * 2 * TILE + across + TILE;
}

function namesOf({ across, down }: Carriers): number[] {
  return Array.from(across, (value, index) => nameOf(value, down[index]));
}
