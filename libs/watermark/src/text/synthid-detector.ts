import { type WatermarkKey } from '../keys/watermark-key';
import { WatermarkError } from '../errors/watermark-error';
import { CERTAIN, type Probability } from '../statistics/probability';
import { synthIdKeys } from './synthid-keys';
import { scoringMask } from './synthid-masks';
import { type LayerDistribution, layerDistribution } from './synthid-null';
import { tailBound } from './synthid-p-value';
import { type SynthIdParams, type SynthIdStatistic } from './synthid-params';
import {
  evenWeights,
  layerSums,
  linearWeights,
  meanScore,
  type ScoredText,
  scoredText,
  type SynthIdScores,
  weightedSum,
} from './synthid-scores';
import { layerTable, samplingTable } from './synthid-table';

/** Tokens of one text: a long novel has twice as many, and is judged in parts. */
export const MAX_SYNTHID_TOKENS = 65_536;

/** One statistic of a text. */
export interface SynthIdStatisticReport {
  /** The library's score, from 0 to 1, to six places; one half is expected without the mark. */
  readonly score: Probability;
  /** Chance of as high a score with keys drawn at random; 1 where nothing is scored. */
  readonly probability: Probability;
}

export interface SynthIdReport {
  /** n-grams that were scored. */
  readonly scored: number;
  /** Bits that were 1, of scored · depth. */
  readonly ones: number;
  readonly statistics: Readonly<Record<SynthIdStatistic, SynthIdStatisticReport>>;
}

/** Everything of a scheme that does not depend on the text: made once, used for many. */
export class SynthIdDetector {
  readonly #params: SynthIdParams;
  readonly #keys: readonly bigint[];
  readonly #layers: Uint8Array;

  /** @throws WatermarkError KEY_MALFORMED, PARAMS_OUT_OF_RANGE */
  constructor(params: SynthIdParams, key: WatermarkKey) {
    this.#params = params;
    this.#keys = synthIdKeys(key, params);
    this.#layers = layerTable(samplingTable(params.sampling_table));
  }

  /** Sums of the layers: what the library's scores are made of, without their p-values. */
  scores(tokens: Uint32Array): SynthIdScores {
    return layerSums(this.#text(tokens), this.#keys, this.#layers);
  }

  /** Both scores of the library and their p-values. Throws WatermarkError MEDIA_TOO_LARGE above MAX_SYNTHID_TOKENS. */
  report(tokens: Uint32Array): SynthIdReport {
    if (tokens.length > MAX_SYNTHID_TOKENS) {
      throw new WatermarkError(
        'MEDIA_TOO_LARGE',
        `The text has ${tokens.length} tokens; at most ${MAX_SYNTHID_TOKENS} are judged. Give parts of it.`,
      );
    }
    const { depth } = this.#params;
    const text = this.#text(tokens);
    const scores = layerSums(text, this.#keys, this.#layers);
    const distribution = text.scored === 0 ? undefined : layerDistribution(text, this.#layers);
    return {
      scored: text.scored,
      ones: weightedSum(scores, evenWeights(depth)),
      statistics: {
        mean: statistic(scores, evenWeights(depth), distribution),
        'weighted-mean': statistic(scores, linearWeights(depth), distribution),
      },
    };
  }

  #text(tokens: Uint32Array): ScoredText {
    const { ngram_len, context_history_size, eos_token_id } = this.#params;
    const mask = scoringMask(tokens, ngram_len, context_history_size, eos_token_id);
    return scoredText(tokens, ngram_len, mask);
  }
}

function statistic(
  scores: SynthIdScores,
  weights: readonly number[],
  distribution: LayerDistribution | undefined,
): SynthIdStatisticReport {
  return {
    score: meanScore(scores, weights),
    probability:
      distribution === undefined ? CERTAIN : tailBound(distribution, weights, weightedSum(scores, weights)),
  };
}
