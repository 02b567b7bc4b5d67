import { WatermarkError } from '../errors/watermark-error';
import { type KeyedStream } from '../keys/keyed-stream';
import { log2 } from '../signal/logarithm';

/** Room for a second token beside the first in one exact number: ids are below 2^21. */
const PAIR = 2_097_152;
/** Weight of what followed the last two tokens, and of what followed the last one. */
const CONTEXT_WEIGHT = 16;
/** Weights of the unigram that are tried, rising: the more of it, the more random the text. */
const UNIGRAM_WEIGHTS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024];
/** Places of the text learned from at which the entropy is measured. */
const PROBES = 256;

/**
 * A language model that is small and honest: it has seen one text and draws the next token from what followed there, after the
 * last two tokens, after the last one, or anywhere, mixed with integer weights. It stands in for a real model where a
 * command has none, and where tests need text of known entropy.
 */
export class NgramModel {
  readonly #tokens: readonly number[];
  readonly #afterTwo = new Map<number, number[]>();
  readonly #afterOne = new Map<number, number[]>();
  readonly #counts: ReadonlyMap<number, number>;
  readonly #unigramEntropy: number;
  #unigram = UNIGRAM_WEIGHTS[0];

  /** Learns the tokens of a text; those that `usable` refuses end a sequence. Throws WatermarkError MEDIA_TOO_SMALL where none is left. */
  constructor(text: Uint32Array, usable: (id: number) => boolean) {
    const tokens: number[] = [];
    for (let index = 0; index < text.length; index += 1) {
      const id = text[index];
      if (!usable(id)) continue;
      tokens.push(id);
      if (index < 1 || !usable(text[index - 1])) continue;
      follow(this.#afterOne, text[index - 1], id);
      if (index >= 2 && usable(text[index - 2]))
        follow(this.#afterTwo, text[index - 2] * PAIR + text[index - 1], id);
    }
    if (tokens.length === 0) {
      throw new WatermarkError('MEDIA_TOO_SMALL', 'The text has nothing to learn from. Give one of words.');
    }
    this.#tokens = tokens;
    this.#counts = countsOf(tokens);
    this.#unigramEntropy = entropyOf(this.#counts, tokens.length);
  }

  /**
   * Mixes in as much of the unigram as brings the mean entropy to `bits` where the text learned from is read again, or as much as
   * there is: a small text has no more.
   */
  tune(bits: number): void {
    for (const weight of UNIGRAM_WEIGHTS) {
      this.#unigram = weight;
      if (this.#meanEntropy() >= bits) return;
    }
  }

  #meanEntropy(): number {
    const step = Math.max(1, Math.floor(this.#tokens.length / PROBES));
    let sum = 0;
    let count = 0;
    for (let index = 1; index < this.#tokens.length; index += step) {
      sum += this.entropy(this.#tokens[index - 1], this.#tokens[index]);
      count += 1;
    }
    return count === 0 ? 0 : sum / count;
  }

  /** A token to follow `last` and, before it, `beforeLast`. */
  draw(stream: KeyedStream, beforeLast: number, last: number): number {
    const parts = this.#parts(beforeLast, last);
    const sum = parts.reduce((total, { weight }) => total + weight, 0);
    let point = stream.below(sum);
    const part = parts.find(({ weight }) => (point -= weight) < 0) ?? parts[0];
    return part.successors[stream.below(part.successors.length)];
  }

  /** Two neighbouring tokens of the text learned from: where a new text may go on. */
  start(stream: KeyedStream): readonly [number, number] {
    const index = stream.below(this.#tokens.length);
    return [this.#tokens[index], this.#tokens[(index + 1) % this.#tokens.length]];
  }

  /** Entropy of the next token in bits. Tokens that only the unigram can give come by one precomputed sum. */
  entropy(beforeLast: number, last: number): number {
    const parts = this.#parts(beforeLast, last);
    const sum = parts.reduce((total, { weight }) => total + weight, 0);
    const share = this.#unigram / sum;
    const chances = new Map<number, number>();
    for (const { weight, successors } of parts) {
      if (successors === this.#tokens) continue;
      for (const [id, count] of countsOf(successors)) {
        chances.set(id, (chances.get(id) ?? 0) + (weight / sum) * (count / successors.length));
      }
    }
    // Σ over the vocabulary of share · q · log2(share · q), then the terms of tokens that have more than that put right.
    let negative = share * (log2(share) - this.#unigramEntropy);
    for (const [id, extra] of chances) {
      const alone = share * ((this.#counts.get(id) ?? 0) / this.#tokens.length);
      negative += (alone + extra) * log2(alone + extra) - alone * log2(alone);
    }
    return -negative;
  }

  #parts(
    beforeLast: number,
    last: number,
  ): { readonly weight: number; readonly successors: readonly number[] }[] {
    const parts: { readonly weight: number; readonly successors: readonly number[] }[] = [];
    const two = this.#afterTwo.get(beforeLast * PAIR + last);
    const one = this.#afterOne.get(last);
    if (two !== undefined) parts.push({ weight: CONTEXT_WEIGHT, successors: two });
    if (one !== undefined) parts.push({ weight: CONTEXT_WEIGHT, successors: one });
    parts.push({ weight: this.#unigram, successors: this.#tokens });
    return parts;
  }
}

function follow(map: Map<number, number[]>, context: number, id: number): void {
  const known = map.get(context);
  if (known === undefined) map.set(context, [id]);
  else known.push(id);
}

function countsOf(tokens: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const id of tokens) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function entropyOf(counts: ReadonlyMap<number, number>, total: number): number {
  let bits = 0;
  for (const count of counts.values()) bits -= (count / total) * log2(count / total);
  return bits;
}
