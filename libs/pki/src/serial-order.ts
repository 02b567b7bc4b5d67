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
  for (let i = 0; i < count; i += 1) order[i] = i;
  return isAscending(packed, count) || sortRange(packed, order, 0) ? order : undefined;
}

/** Whether rows are in order already, none twice. */
export function isAscending(packed: DataView, count: number): boolean {
  for (let i = 1; i < count; i += 1) if (compareSerials(packed, i - 1, i) >= 0) return false;
  return true;
}

/** Bits of a word that choose a bucket: 4096 of them hold a million rows in pieces of 8 KB. */
const BUCKET_BITS = 12;
const BUCKETS = 2 ** BUCKET_BITS;
const WORD_BITS = 32;

/**
 * Where each row goes so that rows with the same leading bits lie together. A list in any order would else be read all over
 * the memory, once for each entry, which takes longer than everything else. Which word leads: the first that is not zero in
 * all of them.
 */
export function bucketPlaces(packed: DataView, count: number): Uint32Array {
  const leading = leadingWord(packed, count);
  const bucketOf = (row: number): number => wordOf(packed, row, leading) >>> (WORD_BITS - BUCKET_BITS);
  const next = new Uint32Array(BUCKETS + 1);
  for (let row = 0; row < count; row += 1) {
    const bucket = bucketOf(row) + 1;
    next[bucket] = (next[bucket] ?? 0) + 1;
  }
  for (let bucket = 1; bucket <= BUCKETS; bucket += 1)
    next[bucket] = (next[bucket] ?? 0) + (next[bucket - 1] ?? 0);
  const places = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) {
    const bucket = bucketOf(row);
    const place = next[bucket] ?? 0;
    places[row] = place;
    next[bucket] = place + 1;
  }
  return places;
}

function leadingWord(packed: DataView, count: number): number {
  let leading = WORDS - 1;
  for (let row = 0; row < count; row += 1) {
    for (let word = 0; word < leading; word += 1) if (wordOf(packed, row, word) !== 0) leading = word;
  }
  return leading;
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
