import type { LedgerIntentBodies } from '@maker-registry/protocol';
import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { partyNamed } from '../testing/party';
import { callerOf } from '../testing/scenario';
import { OPEN_TERMS, REVIEWERS, termsWith, World } from '../testing/world';

describe('rights', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.begin();
  });

  const rightOf = (id: string) => documentOf(world, 'right', [id]);

  describe('Issue', () => {
    let licenseId: string;
    let artifactId: string;

    beforeEach(async () => {
      licenseId = await world.license({
        ...OPEN_TERMS,
        purposes: ['research'],
        actions: ['execute'],
        limits: { max_devices: 2 },
      });
      artifactId = await world.artifact(licenseId);
    });

    const issue = async (changes: Partial<LedgerIntentBodies['right.issue']> = {}, maker = world.maker) =>
      world.intent('right.issue', maker, {
        ...world.grant(artifactId, licenseId, { actions: ['execute'], purpose: 'research' }),
        ...changes,
      });

    it('writes the right and the mark; six reads', async () => {
      const outcome = await issue();
      expect(outcome.reads).toHaveLength(6);
      expect(outcome.writes).toHaveLength(2);
      expect(rightOf(resultOf(outcome).id)).toMatchObject({
        holder: world.holder.actorId,
        version: 1,
        status: 'active',
        limits: { max_devices: 2 },
      });
    });

    it.each([
      ['an action', { actions: ['resell' as const] }, '/body/actions'],
      ['a purpose', { purpose: 'deployment' as const }, '/body/purpose'],
      ['a limit', { limits: { max_devices: 3 } }, '/body/limits/max_devices'],
    ])('refuses %s beyond the license', async (_what, change, pointer) => {
      const outcome = await issue(change);
      expect(refusalCode(outcome)).toBe('LICENSE_VIOLATION');
      expect(refusalSubject(outcome)).toBe(pointer);
    });

    it('refuses a right that would begin expired', async () => {
      expect(refusalCode(await issue({ expires_at: world.now }))).toBe('RIGHT_EXPIRED');
    });

    it('refuses anyone but the maker', async () => {
      expect(refusalCode(await issue({}, world.buyer))).toBe('NOT_MAKER');
    });

    it('refuses an unknown holder, license or artifact', async () => {
      expect(refusalCode(await issue({ holder: '77'.repeat(32) }))).toBe('ACTOR_UNKNOWN');
      expect(refusalCode(await issue({ license_id: '77'.repeat(32) }))).toBe('LICENSE_UNKNOWN');
      expect(refusalCode(await issue({ artifact_id: '77'.repeat(32) }))).toBe('ARTIFACT_UNKNOWN');
    });

    it('refuses the license of another licensor', async () => {
      const foreign = await world.license(OPEN_TERMS, world.buyer);
      expect(refusalCode(await issue({ license_id: foreign }))).toBe('LICENSE_VIOLATION');
    });

    it('refuses while the artifact waits for review', async () => {
      const pending = await world.artifact(licenseId, 'high', 'acme/pending');
      expect(refusalCode(await issue({ artifact_id: pending }))).toBe('ARTIFACT_NOT_ACTIVE');
    });

    it('refuses a holder who is barred from receiving', async () => {
      const subject = { subject_type: 'actor' as const, subject_id: world.holder.actorId };
      const entries = [{ ...subject, kind: 'hold' as const, reason_code: 'abuse' }];
      await world.act('revocation.issue', REVIEWERS[0]!, { entries });
      expect(refusalCode(await issue())).toBe('ACTOR_BANNED');
    });
  });

  describe('Sell', () => {
    const sell = async (rightId: string, amount = '10000', seller = world.holder, buyer = world.buyer) =>
      world.intent(
        'right.sell',
        seller,
        { right_id: rightId, buyer: buyer.actorId, price: { amount, currency: 'EUR' } },
        { countersigners: [buyer.signer] },
      );

    it('moves the right and records royalty, fee and the rest; they sum to the price', async () => {
      const rightId = await world.right();
      const outcome = await sell(rightId, '10001');
      resultOf(outcome);
      expect(rightOf(rightId)).toMatchObject({ holder: world.buyer.actorId, version: 2, transfers: 1 });
      const sale = documentOf(world, 'sale', [rightId, '2']);
      expect(sale).toMatchObject({
        seller: world.holder.actorId,
        royalty: { payee: world.maker.actorId, amount: '500' },
        fee: { payee: 'safety-fund', amount: '10' },
        seller_amount: '9491',
      });
      const { result } = await world.call('rights:GetSale', [rightId, '2']);
      expect(JSON.parse(result ?? '')).toEqual(sale);
    });

    it('charges the fee of the artifact’s class', async () => {
      const licenseId = await world.license();
      const artifactId = await world.artifact(licenseId, 'high');
      for (const reviewer of REVIEWERS.slice(0, 2)) {
        await world.act('review.decide', reviewer, { artifact_id: artifactId, decision: 'approve' });
      }
      const issued = await world.intent('right.issue', world.maker, world.grant(artifactId, licenseId));
      const rightId = resultOf(issued).id;
      resultOf(await sell(rightId, '10000'));
      expect(documentOf(world, 'sale', [rightId, '2']).fee.amount).toBe('100');
    });

    it('refuses a sale that the buyer has not signed', async () => {
      const body = {
        right_id: await world.right(),
        buyer: world.buyer.actorId,
        price: { amount: '1', currency: 'EUR' },
      };
      expect(refusalCode(await world.intent('right.sell', world.holder, body))).toBe('SIGNATURE_MISSING');
      const forged = await world.intent('right.sell', world.holder, body, {
        countersigners: [world.maker.signer],
      });
      expect(refusalCode(forged)).toBe('KEY_NOT_CURRENT');
    });

    it('refuses a sale of what the seller does not hold, or no longer holds', async () => {
      const rightId = await world.right();
      expect(refusalCode(await sell(rightId, '1', world.maker))).toBe('NOT_HOLDER');
      await sell(rightId);
      expect(refusalCode(await sell(rightId, '1'))).toBe('NOT_HOLDER');
      expect(refusalCode(await sell('88'.repeat(32)))).toBe('RIGHT_UNKNOWN');
    });

    it('refuses a buyer who is the seller, or unknown', async () => {
      const rightId = await world.right();
      const body = {
        right_id: rightId,
        buyer: world.holder.actorId,
        price: { amount: '1', currency: 'EUR' },
      };
      expect(refusalCode(await world.intent('right.sell', world.holder, body))).toBe('TRANSFER_FORBIDDEN');
      expect(refusalCode(await sell(rightId, '1', world.holder, partyNamed('nobody')))).toBe('ACTOR_UNKNOWN');
    });

    it('refuses a resale that the license forbids', async () => {
      const rightId = await world.right({ ...termsWith({ resale: false }), resale_royalty_bps: 0 });
      expect(refusalCode(await sell(rightId))).toBe('TRANSFER_FORBIDDEN');
    });

    it('refuses within the cooling period, and permits it after', async () => {
      const rightId = await world.right(termsWith({ cooling_period_s: 1_000 }));
      expect(refusalCode(await sell(rightId))).toBe('COOLING_PERIOD');
      world.wait(1_000);
      resultOf(await sell(rightId));
      const back = await sell(rightId, '1', world.buyer, world.holder);
      expect(refusalCode(back)).toBe('COOLING_PERIOD');
    });

    it('refuses once the transfers are used up', async () => {
      const rightId = await world.right(termsWith({ max_transfers: 1 }));
      resultOf(await sell(rightId));
      expect(refusalCode(await sell(rightId, '1', world.buyer, world.holder))).toBe('TRANSFERS_EXHAUSTED');
    });

    it('refuses while the artifact is on hold', async () => {
      const rightId = await world.right();
      const { artifact_id: artifactId } = rightOf(rightId);
      const hold = { artifact_id: artifactId, kind: 'hold' as const, reason_code: 'maker-request' };
      await world.intent('artifact.revoke', world.maker, hold);
      expect(refusalCode(await sell(rightId))).toBe('ARTIFACT_NOT_ACTIVE');
    });
  });

  describe('Transfer and Gift', () => {
    it.each(['right.transfer', 'right.gift'] as const)('%s hands the right on', async (type) => {
      const rightId = await world.right();
      resultOf(await world.intent(type, world.holder, { right_id: rightId, to: world.buyer.actorId }));
      expect(rightOf(rightId)).toMatchObject({ holder: world.buyer.actorId, version: 2 });
    });

    it.each([
      ['right.gift', { gift: false }],
      ['right.transfer', { gift: false }],
      ['right.transfer', { resale: false }],
    ] as const)('%s is refused where the license says %j', async (type, transfer) => {
      const rightId = await world.right({ ...termsWith(transfer), resale_royalty_bps: 0 });
      const outcome = await world.intent(type, world.holder, { right_id: rightId, to: world.buyer.actorId });
      expect(refusalCode(outcome)).toBe('TRANSFER_FORBIDDEN');
    });

    it('is refused to the holder itself, to nobody, and for an expired right', async () => {
      const licenseId = await world.license();
      const artifactId = await world.artifact(licenseId);
      const body = world.grant(artifactId, licenseId, { expires_at: world.now + 100 });
      const rightId = resultOf(await world.intent('right.issue', world.maker, body)).id;
      const gift = async (to: string) =>
        refusalCode(await world.intent('right.gift', world.holder, { right_id: rightId, to }));
      expect(await gift(world.holder.actorId)).toBe('TRANSFER_FORBIDDEN');
      expect(await gift('99'.repeat(32))).toBe('ACTOR_UNKNOWN');
      world.wait(100);
      expect(await gift(world.buyer.actorId)).toBe('RIGHT_EXPIRED');
    });
  });

  describe('Bequeath and Claim', () => {
    const WAITING_S = 7_200;
    let rightId: string;

    const bequeath = async (beneficiary: string | null, waiting = WAITING_S) =>
      world.intent('right.bequeath', world.holder, {
        right_id: rightId,
        beneficiary,
        waiting_period_s: waiting,
      });
    const claim = async (heir = world.buyer) => world.intent('right.claim', heir, { right_id: rightId });

    beforeEach(async () => {
      rightId = await world.right();
    });

    it('moves the right after the waiting period', async () => {
      resultOf(await bequeath(world.buyer.actorId));
      resultOf(await claim());
      expect(rightOf(rightId).holder).toBe(world.holder.actorId);
      world.wait(WAITING_S - 1);
      expect(refusalCode(await claim())).toBe('WAITING_PERIOD');
      world.wait(1);
      resultOf(await claim());
      expect(rightOf(rightId)).toMatchObject({ holder: world.buyer.actorId, version: 2 });
      expect(rightOf(rightId).bequest).toBeUndefined();
    });

    it('is stopped by a living holder', async () => {
      await bequeath(world.buyer.actorId);
      await claim();
      resultOf(await bequeath(world.buyer.actorId));
      world.wait(WAITING_S);
      resultOf(await claim());
      expect(rightOf(rightId).holder).toBe(world.holder.actorId);
    });

    it('is cleared by the holder', async () => {
      await bequeath(world.buyer.actorId);
      resultOf(await bequeath(null));
      expect(refusalCode(await claim())).toBe('BEQUEST_UNKNOWN');
    });

    it('refuses a stranger’s claim', async () => {
      await bequeath(world.buyer.actorId);
      expect(refusalCode(await claim(world.maker))).toBe('BEQUEST_UNKNOWN');
    });

    it('refuses too short a wait, an heir who is the holder, unknown heirs and a license against it', async () => {
      expect(refusalCode(await bequeath(world.buyer.actorId, 60))).toBe('WAITING_PERIOD_TOO_SHORT');
      expect(refusalCode(await bequeath(world.holder.actorId))).toBe('TRANSFER_FORBIDDEN');
      expect(refusalCode(await bequeath('99'.repeat(32)))).toBe('ACTOR_UNKNOWN');
      const licenseId = await world.license(termsWith({ bequest: false }));
      const artifactId = await world.artifact(licenseId, 'low', 'acme/other');
      rightId = resultOf(
        await world.intent('right.issue', world.maker, world.grant(artifactId, licenseId)),
      ).id;
      expect(refusalCode(await bequeath(world.buyer.actorId))).toBe('TRANSFER_FORBIDDEN');
    });
  });

  describe('Suspend, Resume and Revoke', () => {
    let rightId: string;

    const act = async (
      type: 'right.suspend' | 'right.resume' | 'right.revoke',
      who = world.maker,
      reason = 'maker-request',
    ) => world.intent(type, who, { right_id: rightId, reason_code: reason });

    beforeEach(async () => {
      rightId = await world.right();
    });

    it('suspends, numbered, and resumes', async () => {
      expect(resultOf(await act('right.suspend'))).toMatchObject({ state: 'suspended', first_number: 1 });
      const gift = { right_id: rightId, to: world.buyer.actorId };
      expect(refusalCode(await world.intent('right.gift', world.holder, gift))).toBe('RIGHT_NOT_ACTIVE');
      expect(refusalCode(await act('right.suspend'))).toBe('ILLEGAL_TRANSITION');
      expect(resultOf(await act('right.resume'))).toMatchObject({ state: 'active', last_number: 2 });
      expect(refusalCode(await act('right.resume'))).toBe('ILLEGAL_TRANSITION');
    });

    it('revokes for good', async () => {
      expect(resultOf(await act('right.revoke')).state).toBe('revoked');
      expect(refusalCode(await act('right.resume'))).toBe('REVOKED');
      expect(refusalCode(await act('right.revoke'))).toBe('REVOKED');
      expect(refusalCode(await act('right.suspend'))).toBe('REVOKED');
    });

    it('refuses the holder, unknown reasons and unknown rights', async () => {
      expect(refusalCode(await act('right.revoke', world.holder))).toBe('NOT_MAKER');
      expect(refusalCode(await act('right.revoke', world.maker, 'abuse'))).toBe('REASON_UNKNOWN');
      rightId = '99'.repeat(32);
      expect(refusalCode(await act('right.suspend'))).toBe('RIGHT_UNKNOWN');
    });

    it('does not let the maker lift an operator’s hold', async () => {
      const entries = [
        { subject_type: 'right' as const, subject_id: rightId, kind: 'hold' as const, reason_code: 'abuse' },
      ];
      resultOf(await world.act('revocation.issue', callerOf('Op2MSP', 'operator-admin'), { entries }));
      expect(refusalCode(await act('right.resume'))).toBe('ILLEGAL_TRANSITION');
    });
  });

  it.each([
    ['rights:Get', ['99'.repeat(32)], 'RIGHT_UNKNOWN'],
    ['rights:GetSale', ['99'.repeat(32), '2'], 'NOT_FOUND'],
    ['rights:GetSale', ['99'.repeat(32), '02'], 'ID_MALFORMED'],
    ['rights:GetSale', ['99'.repeat(32)], 'NOT_FOUND'],
  ])('%s %j is refused as %s', async (name, args, code) => {
    expect(refusalCode(await world.call(name, args))).toBe(code);
  });
});
