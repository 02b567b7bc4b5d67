import { type TokenPrf } from './token-prf';

/** Every n-gram of a text: its pseudo-random value and where the same one stood before. Index i is the n-gram that starts at token i. */
export interface TokenNgrams {
  readonly count: number;
  /** Tokens of each: the context and the token judged. */
  readonly width: number;
  /** Upper 32 bits of the value. */
  readonly values: Uint32Array;
  /** Start of the latest earlier occurrence of the same tokens; −1 for the first. */
  readonly previous: Int32Array;
}

const FREE = -1;

/**
 * An n-gram that was seen already says nothing new: with it counted again, a repeated phrase would look like evidence, and the
 * p-value would be wrong (P. Fernandez et al., "Three Bricks", 2023). So each keeps where it stood before, and a window counts it once.
 */
export function readNgrams(tokens: Uint32Array, width: number, prf: TokenPrf): TokenNgrams {
  const count = Math.max(0, tokens.length - width + 1);
  const values = new Uint32Array(count);
  const previous = new Int32Array(count);
  let slots = 16;
  while (slots < 2 * count) slots *= 2;
  const table = new Int32Array(slots).fill(FREE);
  for (let index = 0; index < count; index += 1) {
    values[index] = prf.valueAt(tokens, index);
    // The lower half of the value tells n-grams apart in the table; the tokens themselves decide.
    let slot = prf.low & (slots - 1);
    while (table[slot] !== FREE && !sameTokens(tokens, table[slot], index, width))
      slot = (slot + 1) & (slots - 1);
    previous[index] = table[slot];
    table[slot] = index;
  }
  return { count, width, values, previous };
}

function sameTokens(tokens: Uint32Array, a: number, b: number, width: number): boolean {
  for (let index = 0; index < width; index += 1) if (tokens[a + index] !== tokens[b + index]) return false;
  return true;
}
