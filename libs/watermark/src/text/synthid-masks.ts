import { wideNgramHashes } from './synthid-hash';

/**
 * 1 where an n-gram counts (transformers, `compute_context_repetition_mask`): its context of `ngramLength` − 1 tokens has
 * not the hash of one of the `historySize` contexts before it. A history that is not yet full holds zeros, so a hash of
 * zero counts as seen there, as it does in the library.
 */
export function contextRepetitionMask(
  tokens: Uint32Array,
  ngramLength: number,
  historySize: number,
): Uint8Array {
  const { high, low } = wideNgramHashes(tokens.subarray(0, Math.max(0, tokens.length - 1)), ngramLength - 1);
  const mask = new Uint8Array(high.length).fill(1);
  // Sorted rather than hashed again: a text made to collide costs no more than any other.
  const order = Uint32Array.from(mask.keys());
  order.sort((a, b) => high[a] - high[b] || low[a] - low[b] || a - b);
  for (let place = 1; place < order.length; place += 1) {
    const before = order[place - 1];
    const here = order[place];
    if (high[here] === high[before] && low[here] === low[before] && here - before <= historySize)
      mask[here] = 0;
  }
  for (let index = 0; index < Math.min(historySize, mask.length); index += 1) {
    if (high[index] === 0 && low[index] === 0) mask[index] = 0;
  }
  return mask;
}

/**
 * 1 for every token before the first end-of-text token, 0 from it on (transformers, `compute_eos_token_mask`). All 1
 * without such a token.
 */
export function endOfTextMask(tokens: Uint32Array, endToken: number | undefined): Uint8Array {
  const mask = new Uint8Array(tokens.length).fill(1);
  const end = endToken === undefined ? -1 : tokens.indexOf(endToken);
  return end === -1 ? mask : mask.fill(0, end);
}

/** 1 where an n-gram is scored: both masks, that of the end taken at the n-gram's last token. */
export function scoringMask(
  tokens: Uint32Array,
  ngramLength: number,
  historySize: number,
  endToken: number | undefined,
): Uint8Array {
  const mask = contextRepetitionMask(tokens, ngramLength, historySize);
  const ends = endOfTextMask(tokens, endToken);
  return mask.map((counts, index) => counts & ends[index + ngramLength - 1]);
}
