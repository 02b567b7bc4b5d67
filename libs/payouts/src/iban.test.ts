import fc from 'fast-check';
import { assertIban, isSepaIban } from './iban';
import { codeOf, errorOf } from './test-support/expect-code';
import { IBAN_AE, IBAN_DE, IBAN_FR } from './test-support/scene';

/** Examples of the SWIFT IBAN registry. */
const EXAMPLES = [
  IBAN_DE,
  IBAN_FR,
  'AD1200012030200359100100',
  'BE68539007547034',
  'CH9300762011623852957',
  'ES9121000418450200051332',
  'GB29NWBK60161331926819',
  'IT60X0542811101000000123456',
  'MT84MALT011000012345MTLCAST001S',
  'NL91ABNA0417164300',
  'NO9386011117947',
  'PL61109010140000071219812874',
  'SE4550000000058398257466',
  'VA59001123000012345678',
];

const verdictOn = (iban: string): string =>
  codeOf(() => {
    assertIban(iban, '/iban');
  });

describe('IBAN', () => {
  it.each(EXAMPLES)('takes %s', (iban) => {
    assertIban(iban, '/iban');
    expect(isSepaIban(iban)).toBe(true);
  });

  it('takes an IBAN outside of SEPA and says that it is', () => {
    assertIban(IBAN_AE, '/iban');
    expect(isSepaIban(IBAN_AE)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['spaces', 'DE89 3704 0044 0532 0130 00'],
    ['lower case', IBAN_DE.toLowerCase()],
    ['a missing character', IBAN_DE.slice(0, -1)],
    ['a character too many', `${IBAN_DE}0`],
    ['wrong check digits', IBAN_DE.replace('DE89', 'DE88')],
    ['check digits that repeat others modulo 97', 'DE00370400440532013097'],
    ['a digit where the country stands', `1${IBAN_DE.slice(1)}`],
    ['marks', 'DE89-370400440532013'],
    ['full-width digits', IBAN_DE.replace('8', '８')],
    ['more than 34 characters', `AE07${'0'.repeat(31)}`],
    ['fewer than 15 characters', 'AE070331234567'],
  ])('refuses %s', (_what, iban) => {
    const error = errorOf(() => {
      assertIban(iban, '/iban');
    });
    expect(error).toMatchObject({ code: 'SCHEMA_VIOLATION', subject: '/iban' });
    if (iban !== '') expect(error.message).not.toContain(iban);
  });

  it.each([
    ['97', '00'],
    ['98', '01'],
    ['02', '99'],
  ])('refuses check digits that only have the remainder of %s: %s', (good, bad) => {
    const account = Array.from({ length: 97 }, (_, n) => String(n).padStart(18, '0')).find((digits) => {
      return verdictOn(`DE${good}${digits}`) === 'none';
    });
    expect(verdictOn(`DE${bad}${account!}`)).toBe('SCHEMA_VIOLATION');
  });

  it('notices every single mistyped digit and every swap of neighbours', () => {
    const place = fc.integer({ min: 4, max: IBAN_DE.length - 2 });
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 9 }), (at, step) => {
        const digit = (Number(IBAN_DE[at]) + step) % 10;
        const typo = IBAN_DE.slice(0, at) + String(digit) + IBAN_DE.slice(at + 1);
        expect(verdictOn(typo)).toBe('SCHEMA_VIOLATION');
        const swapped = IBAN_DE.slice(0, at) + IBAN_DE[at + 1]! + IBAN_DE[at]! + IBAN_DE.slice(at + 2);
        if (swapped !== IBAN_DE) expect(verdictOn(swapped)).toBe('SCHEMA_VIOLATION');
      }),
    );
  });
});
