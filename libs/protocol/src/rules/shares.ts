import { RegistryError } from '../errors/registry-error';
import { BPS_WHOLE } from '../limits';

/** Largest sum and count of weights: ⌊√(2^53)⌋, so that a rest times a weight or a count is exact as a number. */
const MAX_WEIGHTS_SUM = 94_906_265;
const AMOUNT = /^(?:0|[1-9][0-9]*)$/;

/** An amount of minor units as a bigint. Throws SCHEMA_VIOLATION. */
export function parseAmount(amount: string): bigint {
  if (!AMOUNT.test(amount)) {
    throw new RegistryError('SCHEMA_VIOLATION', 'An amount is a decimal string of minor units.', {
      subject: amount,
    });
  }
  return BigInt(amount);
}

/**
 * Divides an amount in proportion to weights by the largest remainder: every part is floored, and the units left over go
 * one by one to the largest fractional remainders, ties to the earlier part. The parts sum to the amount exactly. Weights
 * may be amounts themselves. Throws SCHEMA_VIOLATION.
 */
export function divideAmount(amount: bigint, weights: readonly bigint[]): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (amount < 0n || whole <= 0n || weights.some((weight) => weight < 0n)) {
    throw new RegistryError(
      'SCHEMA_VIOLATION',
      'An amount and its weights are not negative, and some weight is not zero.',
    );
  }
  const parts = weights.map((weight, index) => ({
    index,
    part: (amount * weight) / whole,
    remainder: (amount * weight) % whole,
  }));
  const given = parts.reduce((sum, { part }) => sum + part, 0n);
  const ranked = [...parts].sort((a, b) => compareBigints(b.remainder, a.remainder) || a.index - b.index);
  const lucky = new Set(ranked.slice(0, Number(amount - given)).map(({ index }) => index));
  return parts.map(({ index, part }) => part + (lucky.has(index) ? 1n : 0n));
}

function compareBigints(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * As divideAmount, for weights that are numbers and sum to 1 … 94 906 265. A settlement divides up to 4 160 parts on every endorser, so bigints are
 * used only where amounts are: with amount = q × whole + r the part of weight w is q × w and a part of r, which is small.
 */
export function divideByWeights(amount: bigint, weights: readonly number[]): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const isBounded = whole >= 1 && whole <= MAX_WEIGHTS_SUM && weights.length <= MAX_WEIGHTS_SUM;
  if (amount < 0n || !isBounded || !weights.every(isWeight)) {
    throw new RegistryError(
      'SCHEMA_VIOLATION',
      `An amount is not negative; weights are integers from 0 that sum to 1 … ${MAX_WEIGHTS_SUM}.`,
    );
  }
  const quotient = amount / BigInt(whole);
  const units = divideRest(Number(amount % BigInt(whole)), weights, whole);
  return weights.map((weight, index) => quotient * BigInt(weight) + BigInt(units[index] ?? 0));
}

/** Divides `rest`, which is below `whole`, likewise. Every number here is an integer below 2^53, so exact. */
function divideRest(rest: number, weights: readonly number[], whole: number): number[] {
  const count = weights.length;
  // The remainder, then the place counted from the end: of equal remainders the earlier part has the higher key.
  const keys = new Float64Array(count);
  const units = weights.map((weight, index) => {
    const remainder = (rest * weight) % whole;
    keys[index] = remainder * count + (count - 1 - index);
    return (rest * weight - remainder) / whole;
  });
  const left = rest - units.reduce((sum, part) => sum + part, 0);
  for (const key of keys.sort().subarray(count - left)) {
    const index = count - 1 - (key % count);
    units[index] = (units[index] ?? 0) + 1;
  }
  return units;
}

function isWeight(weight: number): boolean {
  return Number.isInteger(weight) && weight >= 0;
}

/** How a resale's price is divided; decimal strings of minor units. */
export interface SaleShares {
  readonly royalty: string;
  readonly fee: string;
  readonly seller: string;
}

/**
 * Divides the price of a resale into the maker's royalty, the safety fund's fee and the rest for the seller, by largest
 * remainder with ties in that order. The three always sum to the price.
 */
export function divideSale(price: string, royaltyBps: number, feeBps: number): SaleShares {
  const weights = [royaltyBps, feeBps, BPS_WHOLE - royaltyBps - feeBps].map(BigInt);
  const [royalty = 0n, fee = 0n, seller = 0n] = divideAmount(parseAmount(price), weights);
  return { royalty: String(royalty), fee: String(fee), seller: String(seller) };
}
