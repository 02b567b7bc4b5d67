import * as fc from 'fast-check';
import { canonicalize } from '../encoding/canonical-json';
import { omit } from '../encoding/omit';
import { codeOf, subjectOf } from '../test-support/expect-code';
import { Choices } from '../test-support/settlement-cases';
import { divideSettlement } from './divide';
import { simulateSettlement } from './simulate';

const RUNS = 100_000;

function record(shares: Readonly<Record<string, number>>, claim = 0, extra: object = {}): object {
  return {
    beneficiaries: Object.keys(shares),
    shares_bps: Object.values(shares),
    derivative_royalty_bps: claim,
    ...extra,
  };
}

function simulate(records: readonly unknown[], extra: object = {}) {
  return simulateSettlement({ amount: '10000', currency: 'EUR', records, ...extra });
}

const A = record({ a: 10_000 });
const B = record({ b: 10_000 }, 1000);
const C = record({ c: 10_000 }, 500);

describe('a simulated settlement', () => {
  it('says everything that a settlement on the ledger would', () => {
    expect(simulate([A, B, C], { fee_bps: 100 })).toEqual({
      fee: '100',
      layers: [
        { layer: 0, amount: '8415', claim_bps: 0, status: 'active' },
        { layer: 1, amount: '990', claim_bps: 1000, status: 'active' },
        { layer: 2, amount: '495', claim_bps: 500, status: 'active' },
      ],
      payouts: { a: '8415', b: '990', c: '495' },
      lines: [
        { layer: 0, beneficiary: 'a', amount: '8415' },
        { layer: 1, beneficiary: 'b', amount: '990' },
        { layer: 2, beneficiary: 'c', amount: '495' },
      ],
      lineage: { depth: 2, incomplete: false, cycle: false },
    });
  });

  it('takes the cap and the depth of the current record only', () => {
    const capped = { ...A, total_royalty_cap_bps: 100, max_depth: 1 };
    const other = { ...B, total_royalty_cap_bps: 0, max_depth: 1 };
    expect(simulate([capped, other, C])).toMatchObject({
      payouts: { a: '9900', b: '100' },
      lineage: { depth: 1, incomplete: false, cycle: false },
    });
    expect(simulate([A, other, C]).lineage.depth).toBe(2);
    expect(simulate([{ ...A, total_royalty_cap_bps: null }, B]).payouts).toEqual({ a: '9000', b: '1000' });
  });

  it('reads 64 ancestors and no more', () => {
    const { layers, lineage } = simulate([A, ...Array.from({ length: 100 }, () => B)]);
    expect(layers).toHaveLength(65);
    expect(lineage).toEqual({ depth: 64, incomplete: false, cycle: false });
  });

  it('goes on through a revoked ancestor, which claims nothing', () => {
    expect(simulate([A, { ...B, status: 'revoked' }, C])).toMatchObject({
      layers: [
        { amount: '9500' },
        { amount: '0', claim_bps: 0, status: 'revoked' },
        { amount: '500', claim_bps: 500, status: 'active' },
      ],
      payouts: { a: '9500', c: '500' },
    });
  });

  it('pays a deprecated ancestor and says so', () => {
    expect(simulate([A, { ...B, status: 'deprecated' }])).toMatchObject({
      layers: [{}, { amount: '1000', claim_bps: 1000, status: 'deprecated' }],
    });
    expect(simulate([{ ...A, status: 'deprecated' }]).payouts).toEqual({ a: '10000' });
  });

  it('pays the owner of a record without a policy, who claims nothing as an ancestor', () => {
    expect(simulate([{ owner: 'o' }, B]).payouts).toEqual({ o: '9000', b: '1000' });
    const { layers, payouts } = simulate([A, { owner: 'o' }, C]);
    expect(payouts).toEqual({ a: '9500', c: '500' });
    expect(layers[1]).toEqual({ layer: 1, amount: '0', claim_bps: 0, status: 'active' });
    // With a policy the owner says nothing.
    expect(simulate([{ ...A, owner: 'o' }]).payouts).toEqual({ a: '10000' });
  });

  it('stops at a content met before and at a missing parent', () => {
    const named = (base: object, name: string) => ({ ...base, content_hash: name.repeat(64) });
    expect(simulate([named(A, 'a'), B, named(C, 'a')])).toMatchObject({
      payouts: { a: '9000', b: '1000' },
      lineage: { depth: 1, incomplete: false, cycle: true },
    });
    expect(simulate([A, named(B, 'b'), named(C, 'c'), named(A, 'b')]).lineage).toEqual({
      depth: 2,
      incomplete: false,
      cycle: true,
    });
    // Of two records of one content the first is the parent.
    expect(simulate([A, named(B, 'b'), named(C, 'b')]).payouts).toEqual({ a: '9000', b: '1000' });
    expect(simulate([A, B, null, C]).lineage).toEqual({ depth: 1, incomplete: true, cycle: false });
    expect(simulate([{ ...A, max_depth: 1 }, B, null], { mode: 'strict' }).lineage.incomplete).toBe(false);
  });

  it('keeps beneficiaries called like members of a prototype apart', () => {
    const { payouts } = simulate([
      {
        beneficiaries: ['__proto__', 'constructor', 'toString'],
        shares_bps: [5000, 3000, 2000],
        derivative_royalty_bps: 0,
      },
      { owner: '__proto__' },
    ]);
    expect(canonicalize(payouts)).toBe('{"__proto__":"5000","constructor":"3000","toString":"2000"}');
    expect(Object.getPrototypeOf(payouts)).toBeNull();
    const hostile: unknown = JSON.parse(
      '{"amount":"1","currency":"EUR","records":[{"__proto__":{"owner":"o"}}]}',
    );
    expect(codeOf(() => simulateSettlement(hostile))).toBe('SCHEMA_VIOLATION');
  });

  it('divides as the ledger does', () => {
    const words = fc.array(fc.nat(0x7fffffff), { minLength: 30, maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(words, (drawn) => {
        const input = new Choices(drawn).division();
        const result = simulateSettlement({
          amount: String(input.amount),
          currency: 'EUR',
          fee_bps: input.feeBps,
          records: input.layers.map(({ terms }) => ({
            ...terms,
            max_depth: 64,
            total_royalty_cap_bps: input.capBps,
          })),
        });
        const { fee, layers, lines, payouts } = divideSettlement(input);
        const same =
          result.fee === String(fee) &&
          result.layers.map(({ amount }) => amount).join() === layers.join() &&
          result.lines.map((line) => Object.values(line).join(' ')).join() ===
            lines.map((line) => Object.values(line).join(' ')).join() &&
          Object.entries(result.payouts).join() === [...payouts].join() &&
          result.lineage.depth === input.layers.length - 1;
        if (!same) throw new Error('different');
      }),
      { numRuns: RUNS },
    );
  }, 60_000);

  it('never reaches deeper than the bound of the current record', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.integer({ min: 1, max: 10 }), fc.nat(15), (ancestors, maxDepth, gap) => {
        const records = [{ ...A, max_depth: maxDepth }, ...Array.from({ length: ancestors }, () => C)];
        const { layers, lineage } = simulate(records.map((each, index) => (index === gap + 1 ? null : each)));
        const reach = Math.min(ancestors, maxDepth, gap);
        if (layers.length !== reach + 1 || lineage.depth !== reach) throw new Error('depth');
        if (lineage.incomplete !== (gap < ancestors && gap < maxDepth)) throw new Error('incomplete');
      }),
      { numRuns: RUNS },
    );
  }, 60_000);
});

describe('a simulation is refused', () => {
  const VALID = { amount: '1', currency: 'EUR', records: [A] };

  it.each<[string, unknown, string, string | undefined]>([
    ['without a document', undefined, 'SCHEMA_VIOLATION', ''],
    ['over a list', [], 'SCHEMA_VIOLATION', ''],
    ['without an amount', omit(VALID, 'amount'), 'SCHEMA_VIOLATION', '/amount'],
    ['without a currency', omit(VALID, 'currency'), 'SCHEMA_VIOLATION', '/currency'],
    ['in a currency of lower case', { ...VALID, currency: 'eur' }, 'SCHEMA_VIOLATION', '/currency'],
    ['in a currency with a line feed', { ...VALID, currency: 'EUR\n' }, 'SCHEMA_VIOLATION', '/currency'],
    ['with an unknown member', { ...VALID, fee: 1 }, 'SCHEMA_VIOLATION', '/fee'],
    ['with a fee above the whole', { ...VALID, fee_bps: 10_001 }, 'SCHEMA_VIOLATION', '/fee_bps'],
    ['with a fractional fee', { ...VALID, fee_bps: 0.5 }, 'SCHEMA_VIOLATION', '/fee_bps'],
    ['in an unknown mode', { ...VALID, mode: 'lax' }, 'SCHEMA_VIOLATION', '/mode'],
    ['without records', omit(VALID, 'records'), 'SCHEMA_VIOLATION', '/records'],
    [
      'with too many records',
      { ...VALID, records: Array.from({ length: 1025 }, () => A) },
      'SCHEMA_VIOLATION',
      '/records',
    ],
    ['with a record that is a text', { ...VALID, records: ['a'] }, 'SCHEMA_VIOLATION', '/records/0'],
    ['with an empty record', { ...VALID, records: [{}] }, 'SCHEMA_VIOLATION', '/records/0'],
    [
      'with an empty record, whatever the amount',
      { ...VALID, amount: '0', records: [A, {}] },
      'SCHEMA_VIOLATION',
      '/records/1',
    ],
    [
      'with a record’s unknown member',
      { ...VALID, records: [{ ...A, parent: 1 }] },
      'SCHEMA_VIOLATION',
      '/records/0/parent',
    ],
    [
      'with half of the terms',
      { ...VALID, records: [omit(A as never, 'shares_bps' as never)] },
      'SCHEMA_VIOLATION',
      '/records/0/shares_bps',
    ],
    [
      'with terms but no beneficiaries',
      { ...VALID, records: [{ owner: 'o', shares_bps: [1], derivative_royalty_bps: 1 }] },
      'SCHEMA_VIOLATION',
      '/records/0/beneficiaries',
    ],
    [
      'with the status of no policy',
      { ...VALID, records: [{ owner: 'o', status: 'revoked' }] },
      'SCHEMA_VIOLATION',
      '/records/0/beneficiaries',
    ],
    [
      'with a nameless beneficiary',
      { ...VALID, records: [record({ '': 10_000 })] },
      'SCHEMA_VIOLATION',
      '/records/0/beneficiaries/0',
    ],
    [
      'with an unknown status',
      { ...VALID, records: [{ ...A, status: 'frozen' }] },
      'SCHEMA_VIOLATION',
      '/records/0/status',
    ],
    [
      'with a content hash in upper case',
      { ...VALID, records: [{ ...A, content_hash: 'A'.repeat(64) }] },
      'SCHEMA_VIOLATION',
      '/records/0/content_hash',
    ],
    ['with an amount that is a number', { ...VALID, amount: 1 }, 'AMOUNT_INVALID', '/amount'],
    ['with an amount with an exponent', { ...VALID, amount: '1e3' }, 'AMOUNT_INVALID', '/amount'],
    [
      'with shares of 9999',
      { ...VALID, records: [record({ a: 9999 })] },
      'POLICY_INVALID',
      '/records/0/shares_bps',
    ],
    [
      'with an invalid policy out of reach',
      { ...VALID, records: [{ ...A, max_depth: 1 }, B, record({ c: 1 })] },
      'POLICY_INVALID',
      '/records/2/shares_bps',
    ],
    [
      'with a depth of 0',
      { ...VALID, records: [{ ...A, max_depth: 0 }] },
      'POLICY_INVALID',
      '/records/0/max_depth',
    ],
    [
      'with a negative cap',
      { ...VALID, records: [{ ...A, total_royalty_cap_bps: -1 }] },
      'POLICY_INVALID',
      '/records/0/total_royalty_cap_bps',
    ],
    ['without a current record', { ...VALID, records: [] }, 'NOT_FOUND', '/records/0'],
    ['with a current record that is missing', { ...VALID, records: [null, B] }, 'NOT_FOUND', '/records/0'],
    [
      'under a revoked policy',
      { ...VALID, records: [{ ...A, status: 'revoked' }] },
      'POLICY_REVOKED',
      '/records/0/status',
    ],
    [
      'in strict mode with a missing parent',
      { ...VALID, mode: 'strict', records: [A, null] },
      'PARENT_NOT_FOUND',
      undefined,
    ],
  ])('%s', (_, document, code, pointer) => {
    const act = () => simulateSettlement(document);
    expect(codeOf(act)).toBe(code);
    if (pointer !== undefined) expect(subjectOf(act)).toBe(pointer);
  });
});
