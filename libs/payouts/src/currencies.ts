import { RegistryError } from '@maker-registry/protocol';

/** Paid by SEPA credit transfer. */
export const EURO = 'EUR';

/** Currencies without a minor unit. */
const EXPONENT_0 = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF';
/** Currencies of a hundred minor units. */
const EXPONENT_2 =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP ' +
  'CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS ' +
  'INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN ' +
  'MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE ' +
  'SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG';
/** Currencies of a thousand minor units. */
const EXPONENT_3 = 'BHD IQD JOD KWD LYD OMR TND';

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  [EXPONENT_0, '', EXPONENT_2, EXPONENT_3].flatMap((codes, exponent) =>
    codes
      .split(' ')
      .filter((code) => code !== '')
      .map((code) => [code, exponent] as const),
  ),
);

/** The currencies that can be paid out: ISO 4217 list one without funds, metals and test codes. */
export const PAYABLE_CURRENCIES: readonly string[] = [...EXPONENTS.keys()].sort();

/**
 * How many decimals the minor unit of a currency is away from the major one (ISO 4217). Throws AMOUNT_INVALID for what
 * is not in the table: a guessed exponent would pay a hundred times too much or too little.
 */
export function currencyExponent(currency: string): number {
  const exponent = EXPONENTS.get(currency);
  if (exponent === undefined) {
    throw new RegistryError(
      'AMOUNT_INVALID',
      'The currency is not one that is paid out; give a current ISO 4217 code.',
      { subject: currency.slice(0, 3) },
    );
  }
  return exponent;
}
