import { type Probability } from '../statistics/probability';
import { ngramHashes } from './synthid-hash';

/** Scores are compared to some four places, and shown with six. */
const MILLION = 1_000_000;

/** What of a text the layers are asked. */
export interface ScoredText {
  /** Low 32 bits of the hash of every n-gram. */
  readonly hashes: Uint32Array;
  /** 1 where the n-gram is scored. */
  readonly mask: Uint8Array;
  /** Number of scored n-grams. */
  readonly scored: number;
}

export interface SynthIdScores {
  /** Σ of the bits over the scored n-grams, for each layer. */
  readonly layerSums: readonly number[];
  readonly scored: number;
}

export function scoredText(tokens: Uint32Array, ngramLength: number, mask: Uint8Array): ScoredText {
  const hashes = ngramHashes(tokens, ngramLength);
  let scored = 0;
  for (const counts of mask) scored += counts;
  return { hashes, mask, scored };
}

/**
 * The bits of all n-grams, layer by layer within each (transformers, `compute_g_values`): n-grams × depth elements.
 * `layers` is `layerTable` of the sampling table.
 */
export function gValues(hashes: Uint32Array, keys: readonly bigint[], layers: Uint8Array): Uint8Array {
  const lowKeys = lowWords(keys);
  const bits = new Uint8Array(hashes.length * lowKeys.length);
  const places = layers.length - 1;
  for (let index = 0; index < hashes.length; index += 1) {
    for (let layer = 0; layer < lowKeys.length; layer += 1) {
      bits[index * lowKeys.length + layer] = layers[(hashes[index] + lowKeys[layer]) & places];
    }
  }
  return bits;
}

/** Sums of the bits of the scored n-grams. */
export function layerSums(text: ScoredText, keys: readonly bigint[], layers: Uint8Array): SynthIdScores {
  const lowKeys = lowWords(keys);
  const sums = new Float64Array(lowKeys.length);
  const places = layers.length - 1;
  for (let index = 0; index < text.hashes.length; index += 1) {
    if (text.mask[index] === 0) continue;
    for (let layer = 0; layer < lowKeys.length; layer += 1) {
      sums[layer] += layers[(text.hashes[index] + lowKeys[layer]) & places];
    }
  }
  return { layerSums: Array.from(sums), scored: text.scored };
}

function lowWords(keys: readonly bigint[]): Uint32Array {
  return Uint32Array.from(keys, (key) => Number(BigInt.asUintN(32, key)));
}

/** Weights of the layers without common normalization: 1 each. */
export function evenWeights(depth: number): readonly number[] {
  return Array.from({ length: depth }, () => 1);
}

/**
 * The published weights, linear from 10 to 1 (synthid-text, `weighted_mean_score`), times depth − 1 so that they are
 * integers: 10·(depth − 1) − 9·layer. 1 for a single layer.
 */
export function linearWeights(depth: number): readonly number[] {
  return depth === 1 ? [1] : Array.from({ length: depth }, (_, layer) => 10 * (depth - 1) - 9 * layer);
}

/** Σ weight · layer sum: an integer, of at most `Σ weight · scored`. */
export function weightedSum(scores: SynthIdScores, weights: readonly number[]): number {
  return scores.layerSums.reduce((sum, value, layer) => sum + value * weights[layer], 0);
}

/** The library's score: Σ weight · sum / (Σ weight · scored), from 0 to 1, rounded to six places. 0 where nothing is scored. */
export function meanScore(scores: SynthIdScores, weights: readonly number[]): Probability {
  const most = scores.scored * weights.reduce((sum, weight) => sum + weight, 0);
  const millionths = most === 0 ? 0 : Math.round((weightedSum(scores, weights) * MILLION) / most);
  return { numerator: BigInt(millionths), denominator: BigInt(MILLION) };
}
