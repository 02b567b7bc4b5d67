import fc from 'fast-check';
import { controlSum, toMajorUnits, toMinorUnits } from './amounts';
import { currencyExponent, PAYABLE_CURRENCIES } from './currencies';
import { codeOf } from './test-support/expect-code';

const currency = fc.constantFrom(...PAYABLE_CURRENCIES);
const minorUnits = fc.bigInt({ min: 1n, max: 10n ** 18n - 1n }).map(String);

describe('amounts', () => {
  it.each([
    ['1', 'EUR', '0.01'],
    ['99', 'USD', '0.99'],
    ['100', 'EUR', '1.00'],
    ['123456789012345678', 'EUR', '1234567890123456.78'],
    ['1', 'JPY', '1'],
    ['5000', 'KRW', '5000'],
    ['1', 'KWD', '0.001'],
    ['12345', 'BHD', '12.345'],
  ])('writes %s minor units of %s as %s, and reads them back', (minor, code, major) => {
    expect(toMajorUnits(minor, code)).toBe(major);
    expect(toMinorUnits(major, code)).toBe(minor);
  });

  it('round-trips in every currency', () => {
    fc.assert(
      fc.property(minorUnits, currency, (amount, code) => {
        expect(toMinorUnits(toMajorUnits(amount, code), code)).toBe(amount);
      }),
    );
  });

  it('reads what banks pad', () => {
    expect(toMinorUnits('5', 'EUR')).toBe('500');
    expect(toMinorUnits('5.5', 'EUR')).toBe('550');
    expect(toMinorUnits('5.00000', 'EUR')).toBe('500');
    expect(toMinorUnits('0005.10', 'EUR')).toBe('510');
    expect(toMinorUnits('5.00', 'JPY')).toBe('5');
    expect(toMinorUnits('0.00', 'EUR')).toBe('0');
  });

  it.each(['0', '', '00', '01', '-1', '+1', '1.0', '1e3', ' 1', '1 ', '１', 'x', '1'.padEnd(19, '0')])(
    'does not write %j',
    (amount) => {
      expect(codeOf(() => toMajorUnits(amount, 'EUR'))).toBe('AMOUNT_INVALID');
    },
  );

  it.each(['', '-1', '+1', '1e3', '1,00', '.5', '5.', '1.001', '1.000001', ' 1', 'NaN', '1'.padEnd(19, '0')])(
    'does not read %j',
    (amount) => {
      expect(codeOf(() => toMinorUnits(amount, 'EUR'))).toBe('AMOUNT_INVALID');
    },
  );

  it('does not read fractions of a minor unit or digits beyond 18', () => {
    expect(codeOf(() => toMinorUnits('1.5', 'JPY'))).toBe('AMOUNT_INVALID');
    expect(codeOf(() => toMinorUnits('1.0005', 'KWD'))).toBe('AMOUNT_INVALID');
    expect(codeOf(() => toMinorUnits('12345678901234567.89', 'EUR'))).toBe('AMOUNT_INVALID');
  });

  it.each(['', 'eur', 'EU', 'EURO', 'XXX', 'XAU', 'BTC', 'toString', '__proto__'])(
    'does not know the currency %j',
    (code) => {
      expect(codeOf(() => currencyExponent(code))).toBe('AMOUNT_INVALID');
      expect(codeOf(() => toMajorUnits('1', code))).toBe('AMOUNT_INVALID');
      expect(codeOf(() => toMinorUnits('1', code))).toBe('AMOUNT_INVALID');
    },
  );

  it('lists each currency once', () => {
    expect(new Set(PAYABLE_CURRENCIES).size).toBe(PAYABLE_CURRENCIES.length);
    expect(PAYABLE_CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  });

  it('sums whatever the currencies', () => {
    expect(controlSum([{ amount: '1', currency: 'JPY' }])).toBe('1');
    expect(
      controlSum([
        { amount: '1', currency: 'JPY' },
        { amount: '50', currency: 'EUR' },
        { amount: '1', currency: 'KWD' },
      ]),
    ).toBe('1.501');
  });

  it('has no sum beyond 18 digits', () => {
    const large = { amount: '9'.repeat(18), currency: 'EUR' };
    expect(codeOf(() => controlSum([large, large]))).toBe('AMOUNT_INVALID');
  });
});
