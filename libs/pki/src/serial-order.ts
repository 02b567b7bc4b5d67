import { MAX_NUMBER_BYTES } from './limits';

/**
 * Octets of a packed row: a serial number, left-padded to the longest, and twelve for whatever belongs to it. No row lies
 * across two cache lines.
 */
export const ROW_STRIDE = 32;

const WORD_BYTES = 4;
const WORDS = MAX_NUMBER_BYTES / WORD_BYTES;
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
 * Indices of `count` packed serial numbers in ascending order; undefined where two are equal. Sorts a 32-bit word at a time
 * as doubles, which the engine does natively: a comparator for a million strings takes ten times as long.
 */
export function ascendingOrder(packed: DataView, count: number): Uint32Array | undefined {
  const order = new Uint32Array(count);
  let ascending = true;
  for (let i = 0; i < count; i += 1) {
    order[i] = i;
    if (ascending && i > 0) ascending = compareSerials(packed, i - 1, i) < 0;
  }
  return ascending || sortRange(packed, order, 0) ? order : undefined;
}

function wordOf(packed: DataView, index: number, word: number): number {
  return packed.getUint32(index * ROW_STRIDE + word * WORD_BYTES);
}

/** Sorts `range` in place by the words from `word` on; depth is at most the number of words. False where two are equal. */
function sortRange(packed: DataView, range: Uint32Array, word: number): boolean {
  if (range.length < 2) return true;
  if (word === WORDS) return false;
  return range.length <= SMALL ? insertionSort(packed, range) : sortByWord(packed, range, word);
}

function sortByWord(packed: DataView, range: Uint32Array, word: number): boolean {
  const keys = new Float64Array(range.length);
  for (let i = 0; i < range.length; i += 1) keys[i] = wordOf(packed, range[i] ?? 0, word) * INDEX_RANGE + i;
  keys.sort();
  const before = range.slice();
  let runStart = 0;
  let runWord = -1;
  let distinct = true;
  for (let i = 0; i < range.length; i += 1) {
    const key = keys[i] ?? 0;
    const value = Math.floor(key / INDEX_RANGE);
    range[i] = before[key - value * INDEX_RANGE] ?? 0;
    if (value === runWord) continue;
    // Runs of one are nearly all there are: no call, no view for them.
    if (i - runStart > 1) distinct &&= sortRange(packed, range.subarray(runStart, i), word + 1);
    runStart = i;
    runWord = value;
  }
  return distinct && sortRange(packed, range.subarray(runStart), word + 1);
}

function insertionSort(packed: DataView, range: Uint32Array): boolean {
  let distinct = true;
  for (let i = 1; i < range.length; i += 1) {
    const moving = range[i] ?? 0;
    let at = i;
    let difference = compareSerials(packed, range[at - 1] ?? 0, moving);
    while (difference > 0) {
      range[at] = range[at - 1] ?? 0;
      at -= 1;
      difference = at === 0 ? -1 : compareSerials(packed, range[at - 1] ?? 0, moving);
    }
    range[at] = moving;
    distinct &&= difference !== 0;
  }
  return distinct;
}
