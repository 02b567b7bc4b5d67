import { allocationsOf } from '@maker-registry/protocol';
import { encodeCursor } from '../http/cursor';
import { idOf, layerOf, settlementOf } from '../testing/provenance-documents';
import { allocationPage } from './allocations';

const [ONE, TWO] = [idOf('a', 1), idOf('a', 2)];
const settlement = settlementOf(1, {
  amount: '200',
  fee: { payee: 'safety-fund', bps: 500, amount: '10' },
  beneficiaries: [ONE, TWO],
  layers: [
    layerOf([
      [0, 100],
      [1, 40, 40],
    ]),
    { ...layerOf([[1, 50]]), policy_version: 3, content_hash: idOf('d', 2) },
  ],
});

describe('allocations', () => {
  it('sum to what was paid', () => {
    const sum = allocationsOf(settlement).reduce((total, { amount }) => total + BigInt(amount), 0n);
    expect(sum).toBe(200n);
  });

  it('say which layer under which policy version pays whom, and the fee last', () => {
    const lines = allocationsOf(settlement);
    expect(
      lines.map(({ layer, policy_version, beneficiary, amount, held }) => [
        layer,
        policy_version,
        beneficiary,
        amount,
        held,
      ]),
    ).toEqual([
      [0, 1, ONE, '100', '0'],
      [0, 1, TWO, '40', '40'],
      [1, 3, TWO, '50', '0'],
      [undefined, undefined, 'safety-fund', '10', '0'],
    ]);
  });

  it('have no line for a fee of nothing', () => {
    expect(allocationsOf(settlementOf(2)).map(({ beneficiary }) => beneficiary)).toEqual([ONE]);
  });

  it('come page by page', () => {
    const first = allocationPage(settlement, undefined, 3);
    expect(first.items).toHaveLength(3);
    const last = allocationPage(settlement, first.next_cursor, 3);
    expect(last.items).toHaveLength(1);
    expect(last).not.toHaveProperty('next_cursor');
  });

  it.each([
    [-5, 4],
    [4, 0],
    [Number.MAX_SAFE_INTEGER, 0],
  ])('from line %s on are %s', (from, count) => {
    expect(allocationPage(settlement, encodeCursor([from]), 50).items).toHaveLength(count);
  });

  it.each([encodeCursor(['a']), encodeCursor([1, 2]), 'x'])('refuse the cursor %s', (cursor) => {
    expect(() => allocationPage(settlement, cursor)).toThrow('cursor');
  });
});
