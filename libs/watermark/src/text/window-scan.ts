import { binomialTail } from '../statistics/binomial-tail';
import { atMost, type Probability, probabilityOf, timesHypotheses } from '../statistics/probability';
import { BinomialSurprise } from './binomial-surprise';
import { type Fraction } from './text-params';
import { type TokenNgrams } from './token-ngrams';
import { type TokenWindow, windowsOf, type WindowPlan } from './token-windows';

/** Places that a detection reports at most: whoever reads on has the p-value of the whole. */
export const MAX_PLACES = 64;

/** A window with its count. */
export interface ScoredWindow extends TokenWindow {
  /** Different n-grams in it. */
  readonly total: number;
  readonly matches: number;
  /** −log2 of the chance of so many, in doubles: for ranking. */
  readonly surprise: number;
}

export interface ScanQuestion {
  readonly ngrams: TokenNgrams;
  /** 1 for each n-gram whose token is favoured. */
  readonly hits: Uint8Array;
  readonly plan: WindowPlan;
  readonly chance: Fraction;
}

/** Counts every window and keeps those with at least `surprise` bits, and always the best, which stands first. */
export function scanWindows(question: ScanQuestion, surprise: number): ScoredWindow[] {
  const { ngrams, hits, plan, chance } = question;
  const judge = new BinomialSurprise(chance.numerator, chance.denominator);
  let best: ScoredWindow | undefined;
  const kept: ScoredWindow[] = [];
  for (const window of windowsOf(ngrams.count, plan)) {
    const [total, matches] = countIn(window, ngrams.previous, hits);
    const bits = judge.of(total, matches);
    const isBest = best === undefined || bits > best.surprise;
    if (bits < surprise && !isBest) continue;
    const scored = { ...window, total, matches, surprise: bits };
    if (isBest) best = scored;
    if (bits >= surprise) kept.push(scored);
  }
  return best === undefined ? [] : [best, ...kept.filter((window) => window !== best)];
}

/** Different n-grams of a window and how many of them are hits. */
function countIn({ start, end }: TokenWindow, previous: Int32Array, hits: Uint8Array): [number, number] {
  let total = 0;
  let matches = 0;
  for (let index = start; index < end; index += 1) {
    // Repeated within this window: its first occurrence there has been counted.
    const counts = previous[index] < start ? 1 : 0;
    total += counts;
    matches += counts & hits[index];
  }
  return [total, matches];
}

/** The chance of a window's count or a better one, corrected for `hypotheses`. Exact. */
export function windowProbability(window: ScoredWindow, chance: Fraction, hypotheses: bigint): Probability {
  const tail = binomialTail(
    window.total,
    window.matches,
    BigInt(chance.numerator),
    BigInt(chance.denominator),
  );
  return timesHypotheses(tail, hypotheses);
}

/** Separate windows that are at most `limit` likely by chance each: the best first taken, then in order of their places. */
export function separatePlaces(
  windows: readonly ScoredWindow[],
  chance: Fraction,
  hypotheses: bigint,
  limit: string,
): { readonly window: ScoredWindow; readonly probability: Probability }[] {
  const bound = probabilityOf(limit);
  const ranked = windows
    .map((window, index) => ({ window, index }))
    .sort((a, b) => b.window.surprise - a.window.surprise || a.index - b.index);
  const places: { readonly window: ScoredWindow; readonly probability: Probability }[] = [];
  for (const { window } of ranked) {
    if (places.length === MAX_PLACES) break;
    if (places.some((place) => place.window.start < window.end && window.start < place.window.end)) continue;
    const probability = windowProbability(window, chance, hypotheses);
    if (!atMost(probability, bound)) break;
    places.push({ window, probability });
  }
  return places.sort((a, b) => a.window.start - b.window.start);
}
