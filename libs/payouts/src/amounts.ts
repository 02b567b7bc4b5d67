import { RegistryError } from '@maker-registry/protocol';
import { currencyExponent } from './currencies';
import { MAX_ISO_AMOUNT_DIGITS } from './limits';

const MINOR_UNITS = /^[1-9][0-9]*$/;
const DECIMAL = /^([0-9]{1,18})(?:\.([0-9]{1,5}))?$/;
const LEADING_ZEROS = /^0+(?=[0-9])/;
const ONLY_ZEROS = /^0*$/;

/**
 * The amount as ISO 20022 writes it: `"12345"` minor units of EUR are `"123.45"`, of JPY `"12345"`, of KWD `"12.345"`.
 * By text and never by floating point. Throws AMOUNT_INVALID for zero, for another form, for more than 18 digits and
 * for an unknown currency.
 */
export function toMajorUnits(minorUnits: string, currency: string): string {
  const exponent = currencyExponent(currency);
  if (!MINOR_UNITS.test(minorUnits)) {
    throw new RegistryError('AMOUNT_INVALID', 'Give minor units from 1 as a decimal string.');
  }
  const digits = minorUnits.padStart(exponent + 1, '0');
  if (digits.length > MAX_ISO_AMOUNT_DIGITS) {
    throw new RegistryError(
      'AMOUNT_INVALID',
      `A payment file takes ${MAX_ISO_AMOUNT_DIGITS} digits; split the withdrawal.`,
    );
  }
  return withPoint(digits, exponent);
}

/**
 * Minor units of an amount as ISO 20022 writes it, canonical. Banks pad: `"5"` and `"5.00000"` are `"500"` cents.
 * Throws AMOUNT_INVALID for a sign, an exponent, fractions of a minor unit, more than 18 digits and an unknown currency.
 */
export function toMinorUnits(majorUnits: string, currency: string): string {
  const exponent = currencyExponent(currency);
  const match = DECIMAL.exec(majorUnits);
  const whole = match?.[1];
  const fraction = match?.[2] ?? '';
  if (whole === undefined || whole.length + fraction.length > MAX_ISO_AMOUNT_DIGITS) {
    throw new RegistryError('AMOUNT_INVALID', 'An amount is not a decimal number of at most 18 digits.');
  }
  if (!ONLY_ZEROS.test(fraction.slice(exponent))) {
    throw new RegistryError('AMOUNT_INVALID', `${currency} has no such small unit.`, { subject: currency });
  }
  return (whole + fraction.slice(0, exponent).padEnd(exponent, '0')).replace(LEADING_ZEROS, '');
}

/**
 * The sum of amounts whatever their currencies, as a control sum wants it: 1 JPY and 0.50 EUR are 1.50 (ISO 20022,
 * ControlSum). Throws AMOUNT_INVALID above 18 digits.
 */
export function controlSum(
  amounts: readonly { readonly amount: string; readonly currency: string }[],
): string {
  const exponents = amounts.map(({ currency }) => currencyExponent(currency));
  const scale = Math.max(0, ...new Set(exponents));
  let sum = 0n;
  amounts.forEach(({ amount }, index) => {
    sum += BigInt(amount + '0'.repeat(scale - (exponents[index] ?? 0)));
  });
  const digits = String(sum).padStart(scale + 1, '0');
  if (digits.length > MAX_ISO_AMOUNT_DIGITS) {
    throw new RegistryError(
      'AMOUNT_INVALID',
      `The sum of the batch has more than ${MAX_ISO_AMOUNT_DIGITS} digits; make several batches.`,
      { subject: '/payments' },
    );
  }
  return withPoint(digits, scale);
}

function withPoint(digits: string, exponent: number): string {
  if (exponent === 0) return digits;
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
