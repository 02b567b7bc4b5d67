import { log2 } from '../signal/logarithm';
import { MAX_TRIALS } from '../statistics/binomial-tail';

/**
 * −log2 of the upper binomial tail in doubles, quickly: it ranks thousands of windows, of which only the best get their exact
 * probability. Deterministic; no p-value is made of it.
 */
export class BinomialSurprise {
  readonly #success: number;
  readonly #odds: number;
  readonly #logSuccess: number;
  readonly #logFailure: number;

  constructor(numerator: number, denominator: number) {
    this.#success = numerator / denominator;
    this.#odds = numerator / (denominator - numerator);
    this.#logSuccess = log2(this.#success);
    this.#logFailure = log2(1 - this.#success);
  }

  /** 0 where the matches are no more than expected: such windows are alike. */
  of(trials: number, matches: number): number {
    if (matches <= trials * this.#success) return 0;
    const factorials = logFactorials();
    const choose = factorials[trials] - factorials[matches] - factorials[trials - matches];
    const term = choose + matches * this.#logSuccess + (trials - matches) * this.#logFailure;
    // The terms above fall at least as fast as a geometric series of the first ratio.
    const ratio = ((trials - matches) / (matches + 1)) * this.#odds;
    return -(term - log2(1 - ratio));
  }
}

let table: Float64Array | undefined;

/** log2 n! for n up to MAX_TRIALS. */
function logFactorials(): Float64Array {
  if (table !== undefined) return table;
  table = new Float64Array(MAX_TRIALS + 1);
  for (let index = 2; index <= MAX_TRIALS; index += 1) table[index] = table[index - 1] + log2(index);
  return table;
}
