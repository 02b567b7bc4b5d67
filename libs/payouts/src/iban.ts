import { MAX_IBAN_LENGTH, MIN_IBAN_LENGTH } from './limits';
import { refuse } from './refuse';

/**
 * Length of an IBAN by country, for the countries and territories of SEPA that issue their own (EPC409-09; SWIFT IBAN
 * registry). Overseas departments use FR, and the Channel Islands and Man use GB.
 */
const SEPA_IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22 IS26 IT27 ' +
    'LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PL28 PT25 RO24 RS22 SE24 SI19 SK24 SM27 VA22'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
);
const FORM = /^[A-Z]{2}[0-9]{2}[A-Z0-9]+$/;
const MODULUS = 97;
/** Check digits are 98 − n with n from 0 to 96 (ISO 7064 MOD 97-10); others repeat one of these modulo 97. */
const MIN_CHECK_DIGITS = 2;
const MAX_CHECK_DIGITS = 98;
/** A stands for 10 and Z for 35 (ISO 13616-1). */
const LETTER_RADIX = 36;

/**
 * Asserts an IBAN in electronic form (upper case, without spaces): ISO 13616 check digits, and the exact length where
 * the country is one of SEPA. Throws SCHEMA_VIOLATION about `subject`; the sentence never repeats the number.
 */
export function assertIban(iban: string, subject: string): void {
  const problem = problemOf(iban);
  if (problem !== undefined) refuse(problem, subject);
}

/** Whether an IBAN is of a country where SEPA credit transfers arrive. */
export function isSepaIban(iban: string): boolean {
  return SEPA_IBAN_LENGTHS.has(iban.slice(0, 2));
}

function problemOf(iban: string): string | undefined {
  if (iban.length < MIN_IBAN_LENGTH || iban.length > MAX_IBAN_LENGTH || !FORM.test(iban)) {
    return `An IBAN has ${MIN_IBAN_LENGTH} to ${MAX_IBAN_LENGTH} capital letters and digits without spaces and begins with a country and two digits.`;
  }
  const country = iban.slice(0, 2);
  const length = SEPA_IBAN_LENGTHS.get(country);
  if (length !== undefined && iban.length !== length) {
    return `An IBAN of ${country} has ${length} characters, this one ${iban.length}.`;
  }
  return checks(iban) ? undefined : 'The check digits of the IBAN do not fit; a character is mistyped.';
}

/** The country and check digits move to the end, letters become numbers, and the remainder by 97 is 1. */
function checks(iban: string): boolean {
  const given = Number(iban.slice(2, 4));
  if (given < MIN_CHECK_DIGITS || given > MAX_CHECK_DIGITS) return false;
  let remainder = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of String(Number.parseInt(char, LETTER_RADIX))) {
      remainder = (remainder * 10 + Number(digit)) % MODULUS;
    }
  }
  return remainder === 1;
}
