import { CERTAIN, type Probability } from './probability';

/** Trials of one test. Longer content is judged in windows; beyond it the integers grow without use. */
export const MAX_TRIALS = 65_536;

/**
 * P(X ≥ matches) where X counts successes of `trials` independent trials, each of chance successNumerator /
 * successDenominator (1/2 where not given): exact, as a fraction of big integers.
 *
 * @throws RangeError on counts that are no integers from 0 to MAX_TRIALS, and on a chance outside 0 to 1
 */
export function binomialTail(
  trials: number,
  matches: number,
  successNumerator = 1n,
  successDenominator = 2n,
): Probability {
  assertCounts(trials, matches);
  assertChance(successNumerator, successDenominator);
  if (matches <= 0) return CERTAIN;
  const denominator = successDenominator ** BigInt(trials);
  if (matches > trials) return { numerator: 0n, denominator };
  const failure = successDenominator - successNumerator;
  // Term of x successes: C(trials, x) · s^x · f^(trials − x); the next lower one follows by exact division where s > 0.
  if (successNumerator === 0n) return { numerator: 0n, denominator };
  let term = successNumerator ** BigInt(trials);
  let sum = term;
  for (let successes = trials; successes > matches; successes -= 1) {
    term = (term * BigInt(successes) * failure) / (BigInt(trials - successes + 1) * successNumerator);
    sum += term;
  }
  return { numerator: sum, denominator };
}

function assertCounts(trials: number, matches: number): void {
  if (Number.isInteger(matches) && Number.isInteger(trials) && trials >= 0 && trials <= MAX_TRIALS) return;
  throw new RangeError('trials and matches must be integers in range');
}

function assertChance(numerator: bigint, denominator: bigint): void {
  if (denominator > 0n && numerator >= 0n && numerator <= denominator) return;
  throw new RangeError('the chance of a success must lie between 0 and 1');
}
