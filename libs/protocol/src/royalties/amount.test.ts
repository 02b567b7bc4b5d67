import { codeOf } from '../test-support/expect-code';
import { MAX_SETTLEMENT_AMOUNT, parseSettlementAmount } from './amount';

describe('the amount of a settlement', () => {
  it.each(['1', '9', '10', '999999999999999999999999999999', '1000000000000000000000000000000'])(
    'may be %s',
    (text) => {
      expect(parseSettlementAmount(text)).toBe(BigInt(text));
    },
  );

  it('is at most 10^30', () => {
    expect(MAX_SETTLEMENT_AMOUNT).toBe(10n ** 30n);
    expect(codeOf(() => parseSettlementAmount(String(MAX_SETTLEMENT_AMOUNT + 1n)))).toBe('AMOUNT_INVALID');
    expect(codeOf(() => parseSettlementAmount('9'.repeat(10_000_000)))).toBe('AMOUNT_INVALID');
  });

  it.each([
    '',
    '0',
    '00',
    '01',
    '-1',
    '+1',
    '1e3',
    '1E3',
    '1.0',
    '1.',
    '.5',
    '1,000',
    '1_000',
    ' 1',
    '1 ',
    '1\n',
    '0x10',
    '1n',
    '١',
    '１',
    'NaN',
    'Infinity',
    1,
    1n,
    0,
    NaN,
    null,
    undefined,
    true,
    ['1'],
    { toString: () => '1' },
  ])('is not %p', (text) => {
    expect(codeOf(() => parseSettlementAmount(text))).toBe('AMOUNT_INVALID');
  });
});
