import { RegistryError } from '../errors/registry-error';

/**
 * Highest amount of one settlement, minor units, inclusive: 10^30, above all the money of the world in any currency with
 * eighteen decimals, so that a bound exists and nobody meets it.
 */
export const MAX_SETTLEMENT_AMOUNT = 1_000_000_000_000_000_000_000_000_000_000n;

/** Decimal digits of the highest amount. Longer texts are refused unread: turning digits into a bigint costs their square. */
const MAX_DIGITS = 31;
const POSITIVE = /^[1-9][0-9]*$/;

/**
 * The amount of a settlement, minor units: a decimal string from 1 to 10^30 without sign, exponent, fraction, space or
 * leading zero. Throws AMOUNT_INVALID about `subject`, the JSON pointer of the amount.
 */
export function parseSettlementAmount(text: unknown, subject = '/amount'): bigint {
  if (typeof text === 'string' && text.length <= MAX_DIGITS && POSITIVE.test(text)) {
    const amount = BigInt(text);
    if (amount <= MAX_SETTLEMENT_AMOUNT) return amount;
  }
  throw new RegistryError(
    'AMOUNT_INVALID',
    'An amount is a decimal string of minor units from 1 to 10^30, without sign, exponent or leading zero.',
    { subject },
  );
}
