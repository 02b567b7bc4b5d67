import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PayoutBatch } from './batch';
import { iso20022Rail } from './iso20022-rail';
import { reconcile } from './reconcile';

const example = (name: string): string => readFileSync(join(__dirname, '..', 'examples', name), 'utf8');

/** The files that docs/payouts.md shows; both messages were checked against the schemas of ISO 20022 by hand. */
describe('the examples', () => {
  const batch = JSON.parse(example('batch.json')) as PayoutBatch;
  const { text, exported } = iso20022Rail.exportBatch(batch);

  it('export to the shown file', () => {
    expect(text).toBe(example('credit-transfer.xml'));
    expect([...exported.values()]).toEqual(batch.payments.map(({ withdrawal }) => withdrawal.withdrawal_id));
    for (const id of exported.keys()) expect(text).toContain(`<EndToEndId>${id}</EndToEndId>`);
  });

  it('come back as one paid, one returned, one outstanding', () => {
    const { entries } = iso20022Rail.readReport(example('notification.xml'));
    const [first, second, third] = batch.payments.map(({ withdrawal }) => withdrawal);
    const result = reconcile([first!, second!, third!], exported, entries);
    expect(result.paid).toEqual([{ withdrawal: first, entry: entries[0] }]);
    expect(result.returned).toEqual([{ withdrawal: second, reason: 'AC04', entry: entries[1] }]);
    expect(result.outstanding).toEqual([third]);
    expect([...result.amountMismatch, ...result.unmatched, ...result.known]).toEqual([]);
  });
});
