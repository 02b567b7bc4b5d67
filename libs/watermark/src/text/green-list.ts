import { type WatermarkKey } from '../keys/watermark-key';
import { log2 } from '../signal/logarithm';
import { CERTAIN, type Probability } from '../statistics/probability';
import { type TokenParams } from './text-params';
import { readNgrams } from './token-ngrams';
import { TokenPrf } from './token-prf';
import { countWindows } from './token-windows';
import { type ScoredWindow, scanWindows, separatePlaces, windowProbability } from './window-scan';

/** Label of the subkey that colours tokens; nothing else is derived from it. */
const COLOUR_LABEL = 'text/green-list/colour';
const TWO_32 = 4_294_967_296;

/** A span of tokens with the chance of such a finding in it. */
export interface TokenPlace {
  readonly window: ScoredWindow;
  readonly probability: Probability;
}

export interface GreenListFinding {
  /** Index of the reading it is of. */
  readonly reading: number;
  readonly matches: number;
  readonly total: number;
  /** Windows of all readings. */
  readonly hypotheses: bigint;
  readonly probability: Probability;
  readonly places: readonly TokenPlace[];
}

/** Whether a token is favoured after its context: its value is below gamma · 2^64. */
export class GreenList {
  readonly #prf: TokenPrf;
  /** gamma · 2^32: with a denominator of at most 2^32 the upper half of the value decides. */
  readonly #limit: number;
  readonly width: number;

  constructor(key: WatermarkKey, params: Pick<TokenParams, 'context_width' | 'gamma'>) {
    this.width = params.context_width + 1;
    this.#prf = new TokenPrf(key, COLOUR_LABEL, this.width);
    this.#limit = (params.gamma.numerator / params.gamma.denominator) * TWO_32;
  }

  get prf(): TokenPrf {
    return this.#prf;
  }

  /** The `width` ids from `start` on: the context, oldest first, and the token. */
  isGreen(ids: ArrayLike<number>, start: number): boolean {
    return this.#prf.valueAt(ids, start) < this.#limit;
  }

  hits(values: Uint32Array): Uint8Array {
    const hits = new Uint8Array(values.length);
    for (let index = 0; index < values.length; index += 1) hits[index] = values[index] < this.#limit ? 1 : 0;
    return hits;
  }
}

/**
 * The best window of all readings of a text, with the exact chance of one as good in text that was made without the key:
 * p = windows of all readings · P(Bin(different n-grams, gamma) ≥ green ones), the union bound over every window.
 */
export function findGreenList(
  readings: readonly Uint32Array[],
  params: TokenParams,
  key: WatermarkKey,
): GreenListFinding {
  const list = new GreenList(key, params);
  const counts = readings.map((ids) => Math.max(0, ids.length - list.width + 1));
  const windows = counts.reduce((sum, count) => sum + countWindows(count, params.windows), 0);
  const hypotheses = BigInt(windows);
  const surprise = log2(windows) - log2(Number(params.threshold.inconclusive_p_value)) - 1;
  let found: { readonly reading: number; readonly scored: ScoredWindow[] } | undefined;
  for (const [reading, ids] of readings.entries()) {
    const ngrams = readNgrams(ids, list.width, list.prf);
    const question = { ngrams, hits: list.hits(ngrams.values), plan: params.windows, chance: params.gamma };
    const scored = scanWindows(question, surprise);
    const best = scored.at(0);
    if (best === undefined) continue;
    if (found === undefined || best.surprise > found.scored[0].surprise) found = { reading, scored };
  }
  if (found === undefined) {
    return { reading: 0, matches: 0, total: 0, hypotheses, probability: CERTAIN, places: [] };
  }
  const [best] = found.scored;
  return {
    reading: found.reading,
    matches: best.matches,
    total: best.total,
    hypotheses,
    probability: windowProbability(best, params.gamma, hypotheses),
    places: separatePlaces(found.scored, params.gamma, hypotheses, params.threshold.inconclusive_p_value),
  };
}
