import { settlementId, type RecordKey } from '@maker-registry/protocol';
import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { callerOf } from '../testing/scenario';
import { Studio } from '../testing/studio';

const INSTRUCTION = 'cc'.repeat(32);

describe('vaults', () => {
  let studio: Studio;
  let key: RecordKey;
  let source: string;

  beforeEach(async () => {
    studio = await Studio.begin();
    key = await studio.recorded('song');
    resultOf(await studio.settle(key));
    source = settlementId(studio.payer.actorId, 'invoice-1');
  });

  const vault = (currency = 'EUR') => documentOf(studio, 'vault', [studio.owner.actorId, currency]);
  const collect = async (credits = [source], who = studio.owner, currency = 'EUR') =>
    studio.intent('vault.collect', who, { currency, credits });
  const withdraw = async (amount: string, credits = [source], who = studio.owner) =>
    studio.intent('vault.withdraw', who, {
      currency: 'EUR',
      credits,
      amount,
      instruction_commitment: INSTRUCTION,
    });

  it('collect what settlements owe, once', async () => {
    const outcome = await collect();
    expect(resultOf(outcome)).toMatchObject({ type: 'vault', count: 1 });
    expect(vault()).toMatchObject({ balance: '9990', collected: '9990', withdrawn: '0', version: 1 });
    const again = await collect();
    expect(refusalCode(again)).toBe('CREDIT_COLLECTED');
    expect(refusalSubject(again)).toBe('/body/credits/0');
  });

  it.each([
    ['a source that does not exist', ['ab'.repeat(32)], 'EUR'],
    ['another currency', undefined, 'USD'],
  ])('do not collect from %s', async (_what, credits, currency) => {
    expect(refusalCode(await collect(credits ?? [source], studio.owner, currency))).toBe('CREDIT_UNKNOWN');
  });

  it('do not collect for somebody the settlement does not name, nor nothing', async () => {
    expect(refusalCode(await collect([source], studio.payer))).toBe('CREDIT_UNKNOWN');
    expect(refusalCode(await collect([]))).toBe('NOTHING_DUE');
    await expect(collect([source, source])).rejects.toMatchObject({ code: 'SCHEMA_VIOLATION' });
  });

  it('pay out by a signed order that holds no bank details', async () => {
    const { id } = resultOf(await withdraw('9000'));
    expect(vault()).toMatchObject({ balance: '990', collected: '9990', withdrawn: '9000' });
    expect(documentOf(studio, 'withdrawal', [id])).toMatchObject({
      beneficiary: studio.owner.actorId,
      amount: '9000',
      instruction_commitment: INSTRUCTION,
      status: 'requested',
    });
    resultOf(await withdraw('990', []));
    expect(refusalCode(await withdraw('1', []))).toBe('VAULT_INSUFFICIENT');
  });

  it.each(['9991', '99999999999999999999'])('never pay out %s of 9990', async (amount) => {
    const outcome = await withdraw(amount);
    expect(refusalCode(outcome)).toBe('VAULT_INSUFFICIENT');
    expect(outcome.writes).toEqual([]);
  });

  it.each(['0', '-1', '1e3', '01', ''])('refuse the amount %j', async (amount) => {
    expect(refusalCode(await withdraw(amount))).toBe('AMOUNT_INVALID');
  });

  describe('payout reports', () => {
    let id: string;

    beforeEach(async () => {
      id = resultOf(await withdraw('9000')).id;
    });

    const report = async (status: 'sent' | 'paid' | 'returned', caller = studio.operator) =>
      studio.act('payout.report', caller, { withdrawal_id: id, status, evidence_digest: 'ee'.repeat(32) });

    it('go forward only', async () => {
      resultOf(await report('sent'));
      expect(refusalCode(await report('sent'))).toBe('ILLEGAL_TRANSITION');
      resultOf(await report('paid'));
      expect(refusalCode(await report('sent'))).toBe('ILLEGAL_TRANSITION');
      expect(documentOf(studio, 'withdrawal', [id]).reports.map(({ status }) => status)).toEqual([
        'sent',
        'paid',
      ]);
    });

    it('credit what came back, once', async () => {
      resultOf(await report('sent'));
      resultOf(await report('returned'));
      expect(refusalCode(await report('returned'))).toBe('ILLEGAL_TRANSITION');
      resultOf(await collect([id]));
      expect(vault()).toMatchObject({ balance: '9990', withdrawn: '9000', collected: '18990' });
      expect(refusalCode(await collect([id]))).toBe('CREDIT_COLLECTED');
    });

    it('are an operator’s', async () => {
      expect(refusalCode(await report('sent', callerOf('Op1MSP', 'gateway')))).toBe('ROLE_MISSING');
      expect(refusalCode(await report('sent', callerOf('Op9MSP', 'operator-admin')))).toBe('NOT_OPERATOR');
      id = 'ab'.repeat(32);
      expect(refusalCode(await report('sent'))).toBe('WITHDRAWAL_UNKNOWN');
    });
  });
});
