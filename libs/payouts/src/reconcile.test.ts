import fc from 'fast-check';
import { type NotificationEntry } from './notification';
import { type PayableWithdrawal } from './payable-withdrawal';
import { type Reconciliation, reconcile } from './reconcile';
import { errorOf } from './test-support/expect-code';
import { anEntry, aWithdrawal, hexId } from './test-support/scene';

const exported = new Map([1, 2, 3].map((n) => [hexId(n, 32), hexId(n)]));
const one = aWithdrawal();
const two = aWithdrawal({ withdrawal_id: hexId(2), amount: '4200' });
const three = aWithdrawal({ withdrawal_id: hexId(3), currency: 'JPY', amount: '5000' });
const debit = anEntry();
const credit = anEntry({ reference: 'BANK-2', direction: 'credit', returnReason: 'AC04' });
const nothing: Reconciliation = {
  paid: [],
  returned: [],
  amountMismatch: [],
  unmatched: [],
  known: [],
  outstanding: [],
};

/** One withdrawal of one id, exported. */
function run(entries: readonly NotificationEntry[], withdrawal: PayableWithdrawal = one): Reconciliation {
  return reconcile([withdrawal], new Map([[hexId(1, 32), hexId(1)]]), entries);
}

/** Every entry that a reconciliation names, wherever. */
function entriesOf(result: Reconciliation): NotificationEntry[] {
  return [
    ...result.paid.map(({ entry }) => entry),
    ...result.returned.flatMap(({ entry, debit: before }) => [
      entry,
      ...(before === undefined ? [] : [before]),
    ]),
    ...result.amountMismatch.map(({ entry }) => entry),
    ...result.unmatched.map(({ entry }) => entry),
    ...result.known,
  ];
}

describe('reconcile', () => {
  it('finds the paid, the returned and the outstanding', () => {
    const back = anEntry({
      reference: 'BANK-9',
      endToEndId: hexId(2, 32),
      direction: 'credit',
      amount: '4200',
      returnReason: 'AM04',
    });
    expect(reconcile([one, two, three], exported, [debit, back])).toEqual({
      ...nothing,
      paid: [{ withdrawal: one, entry: debit }],
      returned: [{ withdrawal: two, reason: 'AM04', entry: back }],
      outstanding: [three],
    });
  });

  it('gives the return of what was debited before, in either order', () => {
    const expected = { ...nothing, returned: [{ withdrawal: one, reason: 'AC04', entry: credit, debit }] };
    expect(run([debit, credit])).toEqual(expected);
    expect(run([credit, debit])).toEqual(expected);
  });

  it('changes nothing when the same entries are read again', () => {
    expect(run([debit, debit])).toEqual({ ...run([debit]), known: [debit] });
    expect(run([debit], { ...one, status: 'paid' })).toEqual({ ...nothing, known: [debit] });
    expect(run([debit, credit], { ...one, status: 'returned' })).toEqual({
      ...nothing,
      known: [debit, credit],
    });
  });

  it('reports the return of a withdrawal that the ledger has as paid', () => {
    expect(run([credit], { ...one, status: 'paid' }).returned).toHaveLength(1);
  });

  it('waits for the booking of what is announced', () => {
    const announced = anEntry({ status: 'PDNG' });
    expect(run([announced])).toEqual({
      ...nothing,
      unmatched: [{ entry: announced, why: 'not-booked' }],
      outstanding: [one],
    });
    expect(run([announced, debit]).paid).toEqual([{ withdrawal: one, entry: debit }]);
  });

  it.each<[string, Partial<NotificationEntry>]>([
    ['a credit without return information', { direction: 'credit' }],
    ['a reversed debit', { reversal: true }],
    ['a debit with return information', { returnReason: 'AC04' }],
  ])('decides nothing by %s', (_what, changes) => {
    const entry = anEntry(changes);
    expect(run([entry])).toEqual({
      ...nothing,
      unmatched: [{ entry, why: 'neither-payment-nor-return' }],
      outstanding: [one],
    });
  });

  it.each<[string, Partial<NotificationEntry>]>([
    ['one cent less', { amount: '123455' }],
    ['one cent more', { amount: '123457' }],
    ['another currency', { currency: 'USD' }],
    ['a return less the bank’s fee', { direction: 'credit', returnReason: 'AC04', amount: '122956' }],
  ])('decides nothing by %s', (_what, changes) => {
    const entry = anEntry(changes);
    expect(run([entry])).toEqual({
      ...nothing,
      amountMismatch: [{ withdrawal: one, entry }],
      outstanding: [one],
    });
  });

  it.each<[string, Partial<NotificationEntry>]>([
    ['another end-to-end id', { endToEndId: hexId(9, 32) }],
    ['an id that objects inherit', { endToEndId: 'constructor' }],
    ['the whole id of the withdrawal', { endToEndId: hexId(1) }],
    ['no id given', { endToEndId: 'NOTPROVIDED' }],
    ['an empty id', { endToEndId: '' }],
  ])('leaves %s to people', (_what, changes) => {
    const entry = anEntry(changes);
    expect(run([entry])).toEqual({
      ...nothing,
      unmatched: [{ entry, why: 'not-ours' }],
      outstanding: [one],
    });
  });

  it('decides nothing where money moved twice', () => {
    const again = anEntry({ reference: 'BANK-3' });
    const twice = run([debit, again, credit]);
    expect(twice.paid).toEqual([]);
    expect(twice.returned).toEqual([]);
    expect(twice.unmatched.map(({ why }) => why)).toEqual([
      'contradictory',
      'contradictory',
      'contradictory',
    ]);
    expect(twice.outstanding).toEqual([one]);
    const returnedTwice = run([debit, credit, { ...credit, reference: 'BANK-4' }]);
    expect(returnedTwice.returned).toEqual([]);
    expect(returnedTwice.unmatched).toHaveLength(3);
    expect(run([debit, again], { ...one, status: 'paid' }).unmatched).toHaveLength(2);
  });

  it.each<[string, Partial<NotificationEntry>]>([
    ['a reversal', { direction: 'credit', reversal: true }],
    ['a return less the bank’s fee', { direction: 'credit', returnReason: 'AC04', amount: '122956' }],
    ['a debit of another amount', { amount: '1' }],
  ])('decides nothing where %s stands beside the payment', (_what, changes) => {
    const other = anEntry({ reference: 'BANK-3', ...changes });
    const result = run([debit, other]);
    expect([...result.paid, ...result.returned]).toEqual([]);
    expect(result.unmatched).toContainEqual({ entry: debit, why: 'contradictory' });
    expect(result.outstanding).toEqual([one]);
  });

  it('does not take another amount under a known reference for a repetition', () => {
    const changed = anEntry({ amount: '1' });
    expect(run([debit, changed]).amountMismatch).toEqual([{ withdrawal: one, entry: changed }]);
  });

  it('awaits what was exported or sent, and nothing else', () => {
    const none = new Map<string, string>();
    expect(reconcile([one, { ...two, status: 'sent' }], none, []).outstanding).toEqual([
      { ...two, status: 'sent' },
    ]);
    expect(reconcile([{ ...one, status: 'paid' }], new Map([[hexId(1, 32), hexId(1)]]), [])).toEqual(nothing);
  });

  it('refuses an exported withdrawal that is not given, and one given twice', () => {
    expect(errorOf(() => reconcile([one], exported, []))).toMatchObject({
      code: 'WITHDRAWAL_UNKNOWN',
      subject: hexId(2),
    });
    expect(errorOf(() => reconcile([one, { ...one, status: 'sent' }], new Map(), [])).code).toBe(
      'SCHEMA_VIOLATION',
    );
  });

  it('conserves every entry and every withdrawal, and repeats itself', () => {
    const entry = fc.record({
      reference: fc.constantFrom('R1', 'R2', 'R3', 'R4'),
      endToEndId: fc.constantFrom(hexId(1, 32), hexId(2, 32), hexId(3, 32), hexId(4, 32)),
      direction: fc.constantFrom('credit' as const, 'debit' as const),
      amount: fc.constantFrom('123456', '4200', '5000'),
      currency: fc.constantFrom('EUR', 'JPY'),
      status: fc.constantFrom('BOOK', 'BOOK', 'BOOK', 'PDNG'),
      reversal: fc.boolean(),
      returnReason: fc.constantFrom('AC04', undefined),
    });
    const toEntry = ({
      returnReason,
      ...rest
    }: { readonly returnReason: string | undefined } & Omit<
      NotificationEntry,
      'returnReason'
    >): NotificationEntry => (returnReason === undefined ? rest : { ...rest, returnReason });
    const status = fc.constantFrom(
      'requested' as const,
      'sent' as const,
      'paid' as const,
      'returned' as const,
    );
    fc.assert(
      fc.property(
        fc.array(entry.map(toEntry), { maxLength: 12 }),
        fc.tuple(status, status, status),
        (entries, statuses) => {
          const withdrawals = [one, two, three].map((w, index) => ({ ...w, status: statuses[index]! }));
          const result = reconcile(withdrawals, exported, entries);
          const key = (value: unknown): string => JSON.stringify(value);
          expect(entriesOf(result).map(key).sort()).toEqual(entries.map(key).sort());

          const decided = [...result.paid, ...result.returned].map(
            ({ withdrawal }) => withdrawal.withdrawal_id,
          );
          const open = result.outstanding.map(({ withdrawal_id }) => withdrawal_id);
          const final = withdrawals.filter((w) => w.status === 'paid' || w.status === 'returned');
          const silent = final.map((w) => w.withdrawal_id).filter((id) => !decided.includes(id));
          expect([...decided, ...open, ...silent].sort()).toEqual(
            withdrawals.map((w) => w.withdrawal_id).sort(),
          );

          const again = reconcile(withdrawals, exported, [...entries, ...entries]);
          expect({ ...again, known: [] }).toEqual({ ...result, known: [] });
          const reported = withdrawals.map((w) => ({ ...w, status: statusAfter(w, result) }));
          const later = reconcile(reported, exported, entries);
          expect([later.paid, later.returned]).toEqual([[], []]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function statusAfter(withdrawal: PayableWithdrawal, result: Reconciliation): PayableWithdrawal['status'] {
  const names = ({ withdrawal: other }: { readonly withdrawal: PayableWithdrawal }): boolean =>
    other.withdrawal_id === withdrawal.withdrawal_id;
  if (result.paid.some(names)) return 'paid';
  return result.returned.some(names) ? 'returned' : withdrawal.status;
}
