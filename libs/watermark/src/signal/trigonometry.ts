/**
 * Circular functions from + − × ÷ and square root only, which IEEE 754 rounds alike everywhere; what ECMAScript calls
 * Math.cos may differ from engine to engine.
 */

/** Steps of a full turn in the table that arbitrary angles are looked up in. */
export const TURN = 65_536;

const tables = new Map<number, Float64Array>();

/**
 * cos(2πk / size) for k = 0 … size − 1. `size` is a power of two from 4. Midpoints are filled by the half-secant rule
 * (O. Buneman, 1987), whose errors stay within a few units of the last place.
 */
export function cosineTable(size: number): Float64Array {
  const known = tables.get(size);
  if (known !== undefined) return known;
  if (!Number.isInteger(size) || size < 4 || (size & (size - 1)) !== 0 || size > 1 << 24) {
    throw new RangeError('a table of cosines has a power of two of entries, from 4 to 2^24');
  }
  const table = quarterTurn(size);
  tables.set(size, table);
  return table;
}

function quarterTurn(size: number): Float64Array {
  const quarter = size / 4;
  const table = new Float64Array(size);
  table[0] = 1;
  // cos of half the angle between two neighbours of the present spacing: first π/4.
  let half = Math.sqrt(0.5);
  for (let spacing = quarter; spacing > 1; spacing /= 2) {
    for (let left = 0; left < quarter; left += spacing) {
      table[left + spacing / 2] = (table[left] + table[left + spacing]) / (2 * half);
    }
    half = Math.sqrt((1 + half) / 2);
  }
  for (let index = 1; index <= quarter; index += 1) {
    table[2 * quarter - index] = -table[index];
  }
  table[quarter] = 0;
  table[2 * quarter] = -1;
  for (let index = 1; index < 2 * quarter; index += 1) table[size - index] = table[index];
  // Copies of 0: the loops above leave −0 in one place, which would show in evidence.
  table[quarter] = 0;
  table[3 * quarter] = 0;
  return table;
}

/** sin(2πk / size): the cosines, a quarter turn on. */
export function sineTable(size: number): Float64Array {
  const cosines = cosineTable(size);
  return Float64Array.from({ length: size }, (_, index) => cosines[(index + (3 * size) / 4) % size]);
}

/** Cosine of an angle in steps of 1/TURN of a full turn; any integer. */
export function cosineOfTurn(steps: number): number {
  return cosineTable(TURN)[((steps % TURN) + TURN) % TURN];
}

/** Sine of an angle in steps of 1/TURN of a full turn; any integer. */
export function sineOfTurn(steps: number): number {
  return cosineOfTurn(steps - TURN / 4);
}
