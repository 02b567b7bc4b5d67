/** Ids of byte strings; bytes are written as the characters U+0000 to U+00FF. */
export type Vocabulary = ReadonlyMap<string, number>;

const NONE = -1;

/**
 * Byte-pair encoding of one piece: again and again the two neighbours whose join has the smallest id become one, the leftmost
 * first. A heap and linked parts keep it at n·log n: with the usual scan, a hostile text of one long word takes hours.
 *
 * @throws RangeError where a single byte is not in the vocabulary
 */
export function encodeBytePairs(piece: string, vocabulary: Vocabulary, into: number[]): void {
  const whole = vocabulary.get(piece);
  if (whole !== undefined) {
    into.push(whole);
    return;
  }
  const parts = new Parts(piece, vocabulary);
  parts.mergeAll();
  for (let at = 0; at !== NONE; at = parts.nextOf(at)) {
    const id = vocabulary.get(parts.textOf(at));
    if (id === undefined) throw new RangeError('a byte is not in the vocabulary');
    into.push(id);
  }
}

/** The parts of a piece, each named by where it starts. */
class Parts {
  readonly #piece: string;
  readonly #vocabulary: Vocabulary;
  readonly #end: Int32Array;
  readonly #previous: Int32Array;
  /** Possible joins as [id, start, end]: a binary heap, smallest id and then leftmost first. Stale ones are skipped. */
  readonly #joins: { readonly id: number; readonly start: number; readonly end: number }[] = [];

  constructor(piece: string, vocabulary: Vocabulary) {
    this.#piece = piece;
    this.#vocabulary = vocabulary;
    this.#end = Int32Array.from({ length: piece.length }, (_, index) => index + 1);
    this.#previous = Int32Array.from({ length: piece.length }, (_, index) => index - 1);
    for (let start = 0; start + 1 < piece.length; start += 1) this.#propose(start);
  }

  nextOf(start: number): number {
    return this.#end[start] < this.#piece.length ? this.#end[start] : NONE;
  }

  textOf(start: number): string {
    return this.#piece.slice(start, this.#end[start]);
  }

  mergeAll(): void {
    for (let join = this.#take(); join !== undefined; join = this.#take()) {
      const { start, end } = join;
      const middle = this.#end[start];
      // Stale: one of the two has been joined since. A part that was swallowed ends nowhere.
      if (middle === NONE || middle >= end || this.#end[middle] !== end) continue;
      this.#end[start] = end;
      this.#end[middle] = NONE;
      if (end < this.#piece.length) {
        this.#previous[end] = start;
        this.#propose(start);
      }
      if (this.#previous[start] !== NONE) this.#propose(this.#previous[start]);
    }
  }

  #propose(start: number): void {
    const end = this.#end[this.#end[start]];
    const id = this.#vocabulary.get(this.#piece.slice(start, end));
    if (id === undefined) return;
    const heap = this.#joins;
    const join = { id, start, end };
    let at = heap.length;
    heap.push(join);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!comesBefore(join, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = join;
  }

  #take(): { readonly id: number; readonly start: number; readonly end: number } | undefined {
    const heap = this.#joins;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return last;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && comesBefore(heap[child + 1], heap[child])) child += 1;
      if (!comesBefore(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function comesBefore(
  a: { readonly id: number; readonly start: number },
  b: { readonly id: number; readonly start: number },
): boolean {
  return a.id < b.id || (a.id === b.id && a.start < b.start);
}
