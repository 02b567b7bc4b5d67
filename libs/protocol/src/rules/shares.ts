import { RegistryError } from '../errors/registry-error';
import { BPS_WHOLE } from '../limits';

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
 * one by one to the largest fractional remainders, ties to the earlier part. The parts sum to the amount exactly.
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
