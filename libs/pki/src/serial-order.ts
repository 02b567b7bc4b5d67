import { MAX_NUMBER_BYTES } from './limits';

/** Octets between one serial number and the next in packed bytes: all are left-padded to the longest. */
export const SERIAL_STRIDE = MAX_NUMBER_BYTES;

const WORD_BYTES = 4;
const WORDS = SERIAL_STRIDE / WORD_BYTES;
/** An index below 2^21 fits beside a 32-bit word into the 53 bits of a double; MAX_CRL_ENTRIES is below it. */
const INDEX_RANGE = 2 ** 21;
/** Ranges up to this length are sorted by insertion. */
const SMALL = 12;

/** Compares two packed serial numbers by value: negative, 0 or positive. */
export function compareSerials(packed: DataView, a: number, b: number): number {
  for (let word = 0; word < WORDS; word += 1) {
    const difference = wordOf(packed, a, word) - wordOf(packed, b, word);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Indices of `count` packed serial numbers in ascending order. Sorts a 32-bit word at a time as doubles, which the engine
 * does natively: a comparator for a million strings takes ten times as long.
 */
export function ascendingOrder(packed: DataView, count: number): Uint32Array {
  const order = new Uint32Array(count);
  let ascending = true;
  for (let i = 0; i < count; i += 1) {
    order[i] = i;
    if (ascending && i > 0) ascending = compareSerials(packed, i - 1, i) < 0;
  }
  if (!ascending) sortRange(packed, order, 0);
  return order;
}

/** Two neighbours in ascending order that are equal, or undefined. */
export function firstDuplicate(packed: DataView, order: Uint32Array): number | undefined {
  for (let i = 1; i < order.length; i += 1) {
    if (compareSerials(packed, order[i - 1] ?? 0, order[i] ?? 0) === 0) return order[i];
  }
  return undefined;
}

function wordOf(packed: DataView, index: number, word: number): number {
  return packed.getUint32(index * SERIAL_STRIDE + word * WORD_BYTES);
}

/** Sorts `range` in place by the words from `word` on; depth is at most the number of words. */
function sortRange(packed: DataView, range: Uint32Array, word: number): void {
  if (word === WORDS || range.length < 2) return;
  if (range.length <= SMALL) {
    insertionSort(packed, range);
    return;
  }
  const keys = new Float64Array(range.length);
  for (let i = 0; i < range.length; i += 1) keys[i] = wordOf(packed, range[i] ?? 0, word) * INDEX_RANGE + i;
  keys.sort();
  const before = range.slice();
  let runStart = 0;
  let runWord = -1;
  for (let i = 0; i < range.length; i += 1) {
    const key = keys[i] ?? 0;
    const value = Math.floor(key / INDEX_RANGE);
    range[i] = before[key - value * INDEX_RANGE] ?? 0;
    if (value === runWord) continue;
    sortRange(packed, range.subarray(runStart, i), word + 1);
    runStart = i;
    runWord = value;
  }
  sortRange(packed, range.subarray(runStart), word + 1);
}

function insertionSort(packed: DataView, range: Uint32Array): void {
  for (let i = 1; i < range.length; i += 1) {
    const moving = range[i] ?? 0;
    let at = i;
    while (at > 0 && compareSerials(packed, range[at - 1] ?? 0, moving) > 0) {
      range[at] = range[at - 1] ?? 0;
      at -= 1;
    }
    range[at] = moving;
  }
}
