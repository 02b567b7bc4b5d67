import { settlementId, sharesId, type RecordKey } from '@maker-registry/protocol';
import { documentOf, refusalCode, resultOf } from '../testing/expectations';
import { partyNamed } from '../testing/party';
import { Studio, termsFor } from '../testing/studio';

describe('royalty shares', () => {
  let studio: Studio;
  let key: RecordKey;
  let id: string;

  beforeEach(async () => {
    studio = await Studio.begin();
    key = await studio.recorded('hit');
    id = sharesId(studio.owner.actorId, 'Hit shares');
    resultOf(await studio.intent('shares.issue', studio.owner, { name: 'Hit shares', supply: '3' }));
    resultOf(await studio.policy(key, studio.owner, termsFor(id)));
    resultOf(await studio.intent('policy.freeze', studio.owner, key));
  });

  const source = (ref: string) => settlementId(studio.payer.actorId, ref);
  const pay = async (ref: string, amount: string) =>
    resultOf(await studio.settle(key, { settlement_ref: ref, amount }));
  const collect = async (...refs: readonly string[]) =>
    studio.intent('shares.collect', studio.payer, {
      shares_id: id,
      currency: 'EUR',
      credits: refs.map(source),
    });
  const transfer = async (units: string, to = studio.makers[1].actorId, from = studio.owner) =>
    studio.intent('shares.transfer', from, { shares_id: id, to, units });
  const claim = async (who = studio.owner) =>
    studio.intent('shares.claim', who, { shares_id: id, currency: 'EUR' });
  const holding = (who = studio.owner) => documentOf(studio, 'holding', [id, who.actorId]);

  async function claimed(who = studio.owner): Promise<string> {
    const outcome = await claim(who);
    const { id: credit } = resultOf(outcome);
    resultOf(await studio.intent('vault.collect', who, { currency: 'EUR', credits: [credit] }));
    return documentOf(studio, 'vault', [who.actorId, 'EUR']).balance;
  }

  it('divide proceeds by the units held when they were collected', async () => {
    await pay('a', '100');
    resultOf(await collect('a'));
    resultOf(await transfer('1'));
    await pay('b', '100');
    resultOf(await collect('b'));
    const [, buyer] = studio.makers;
    // 100 of the first, two thirds of the second; nothing of the first for the buyer. Fractions stay.
    expect(await claimed()).toBe('166');
    expect(await claimed(buyer)).toBe('33');
    expect(documentOf(studio, 'shares', [id]).totals).toEqual({ EUR: '200' });
    expect(holding().accrued['EUR']?.scaled).toBe('2');
    expect(holding(buyer).accrued['EUR']?.scaled).toBe('1');
  });

  it('carry fractions until they are whole', async () => {
    resultOf(await transfer('1'));
    const [, buyer] = studio.makers;
    for (const ref of ['a', 'b', 'c']) {
      await pay(ref, '1');
      resultOf(await collect(ref));
      if (ref !== 'c') expect(refusalCode(await claim(buyer))).toBe('NOTHING_DUE');
    }
    expect(await claimed(buyer)).toBe('1');
    expect(await claimed()).toBe('2');
  });

  it('collect each source once, and only what is theirs', async () => {
    await pay('a', '100');
    resultOf(await collect('a'));
    expect(refusalCode(await collect('a'))).toBe('CREDIT_COLLECTED');
    expect(refusalCode(await collect('nothing'))).toBe('CREDIT_UNKNOWN');
    expect(refusalCode(await collect())).toBe('NOTHING_DUE');
  });

  it('cannot be collected into an actor’s vault', async () => {
    await pay('a', '100');
    const body = { currency: 'EUR', credits: [source('a')] };
    expect(refusalCode(await studio.intent('vault.collect', studio.owner, body))).toBe('CREDIT_UNKNOWN');
  });

  it('change hands only as far as they are held', async () => {
    expect(refusalCode(await transfer('4'))).toBe('SHARES_INSUFFICIENT');
    expect(refusalCode(await transfer('1', studio.owner.actorId))).toBe('TRANSFER_FORBIDDEN');
    expect(refusalCode(await transfer('1', partyNamed('nobody').actorId))).toBe('ACTOR_UNKNOWN');
    expect(refusalCode(await transfer('1', studio.payer.actorId, studio.makers[2]))).toBe(
      'SHARES_INSUFFICIENT',
    );
    resultOf(await transfer('3'));
    expect(holding().units).toBe('0');
    expect(refusalCode(await transfer('1'))).toBe('SHARES_INSUFFICIENT');
    await expect(transfer('0')).rejects.toMatchObject({ code: 'SCHEMA_VIOLATION' });
  });

  it('are issued once under a name', async () => {
    const again = { name: 'Hit shares', supply: '5' };
    expect(refusalCode(await studio.intent('shares.issue', studio.owner, again))).toBe('SHARES_EXISTS');
    const unknown = { shares_id: 'ab'.repeat(32), currency: 'EUR' };
    expect(refusalCode(await studio.intent('shares.claim', studio.owner, unknown))).toBe('SHARES_UNKNOWN');
  });
});
