import {
  buildVerificationStatement,
  creditOf,
  IN_TOTO_PAYLOAD_TYPE,
  replaySettlement,
  settlementId,
  signPayload,
  utf8,
  type Envelope,
  type RecordKey,
  type Settlement,
  type Signer,
  type VerificationPredicate,
} from '@maker-registry/protocol';
import { documentOf, refusalCode, resultOf } from '../testing/expectations';
import { partyNamed, type Party } from '../testing/party';
import { SAMPLE_NETWORK, SAMPLE_PARAMETERS } from '../testing/sample-parameters';
import { contentNamed, Studio, termsFor } from '../testing/studio';

describe('settlements', () => {
  let studio: Studio;

  beforeEach(async () => {
    studio = await Studio.begin();
  });

  const settlementOf = (ref = 'invoice-1'): Settlement =>
    documentOf(studio, 'settlement', [settlementId(studio.payer.actorId, ref)]);
  const owed = (party: Party, ref = 'invoice-1'): string =>
    String(creditOf(settlementOf(ref), party.actorId).amount);

  /** A record of each maker, the later derived from the earlier; the last is what is sold. */
  async function lineage(): Promise<readonly [RecordKey, RecordKey, RecordKey]> {
    const [one, two, three] = studio.makers;
    const root = await studio.recorded('root', { owner: one });
    const middle = await studio.recorded('middle', { owner: two, parent: root.content_hash });
    const leaf = await studio.recorded('leaf', { owner: three, parent: middle.content_hash });
    await studio.policy(root, one, termsFor(one.actorId, { derivative_royalty_bps: 500 }));
    await studio.policy(middle, two, termsFor(two.actorId, { derivative_royalty_bps: 1_000 }));
    await studio.policy(leaf, three, termsFor(three.actorId));
    return [root, middle, leaf];
  }

  /** The facts of a settlement, as anybody reads them from the ledger. */
  function factsOf({ layers }: Settlement): Parameters<typeof replaySettlement>[1] {
    return layers.map(({ model_ref: ref, content_hash: hash, policy_version: version }) => ({
      record: documentOf(studio, 'record', [ref, hash]),
      policy:
        version === 0
          ? undefined
          : documentOf(studio, 'policy-version', [ref, hash, String(version).padStart(9, '0')]),
      owner: documentOf(studio, 'model', [ref]).owner,
    }));
  }

  it('divide a sale across three makers and replay to the unit', async () => {
    const [, , leaf] = await lineage();
    const outcome = await studio.settle(leaf);
    expect(resultOf(outcome)).toMatchObject({ type: 'settlement', state: 'settled' });
    expect(outcome.writes).toHaveLength(1);
    const [one, two, three] = studio.makers;
    // Fee 10 bps of 10000 is 10; N = 9990; the ancestors claim 1000 and 500 bps of it: 1498 by largest remainder.
    expect(settlementOf().fee).toEqual({ payee: 'safety-fund', bps: 10, amount: '10' });
    expect([owed(three), owed(two), owed(one)]).toEqual(['8492', '999', '499']);
    expect(settlementOf().lineage).toEqual({ depth: 2, incomplete: false, cycle: false });
    expect(replaySettlement(settlementOf(), factsOf(settlementOf()))).toEqual({
      agrees: true,
      differences: [],
    });
  });

  it('need one round trip for the lineage where the payer names it', async () => {
    const [root, middle, leaf] = await lineage();
    const plain = await studio.settle(leaf);
    const hinted = await studio.settle(leaf, {
      settlement_ref: 'invoice-2',
      lineage_hint: [middle, root],
    });
    expect(hinted.round_trips).toBeLessThan(plain.round_trips);
    const [first, second] = [settlementOf(), settlementOf('invoice-2')];
    expect(second.layers).toEqual(first.layers);
  });

  it('are one however often the same intent is relayed', async () => {
    const [, , leaf] = await lineage();
    const envelope = await studio.envelope('settlement.settle', studio.payer, studio.request(leaf));
    const first = resultOf(await studio.call('settlements:Settle', [envelope]));
    const replayed = await studio.call('settlements:Settle', [envelope]);
    expect(resultOf(replayed)).toMatchObject({ id: first.id, state: 'repeated' });
    expect(replayed.writes).toEqual([]);
  });

  it('need two round trips where the payer names scheme and lineage', async () => {
    const [root, middle, leaf] = await lineage();
    const { scheme_ref } = documentOf(studio, 'record', [leaf.model_ref, leaf.content_hash]);
    const hints = { lineage_hint: [middle, root], scheme_hint: scheme_ref };
    expect((await studio.settle(leaf, hints)).round_trips).toBe(2);
  });

  it('follow the ledger and not the hint', async () => {
    const [root, , leaf] = await lineage();
    const [, stranger] = studio.makers;
    const foreign = await studio.recorded('foreign', { owner: stranger });
    resultOf(await studio.settle(leaf, { lineage_hint: [foreign, root] }));
    expect(settlementOf().layers.map(({ content_hash }) => content_hash)).not.toContain(foreign.content_hash);
    expect(settlementOf().layers).toHaveLength(3);
  });

  it('pay a model’s owner where there is no policy', async () => {
    const key = await studio.recorded('plain');
    resultOf(await studio.settle(key));
    expect(owed(studio.owner)).toBe('9990');
    expect(settlementOf().layers[0]).toMatchObject({ policy_version: 0 });
    expect(replaySettlement(settlementOf(), factsOf(settlementOf())).agrees).toBe(true);
  });

  it('answer a repeated request with the first result, and refuse another under the same reference', async () => {
    const [, , leaf] = await lineage();
    const first = resultOf(await studio.settle(leaf));
    const again = await studio.settle(leaf);
    expect(resultOf(again)).toMatchObject({ id: first.id, state: 'repeated' });
    expect(again.writes).toEqual([]);
    expect(refusalCode(await studio.settle(leaf, { amount: '10001' }))).toBe('SETTLEMENT_MISMATCH');
    resultOf(await studio.intent('settlement.settle', studio.owner, studio.request(leaf)));
  });

  it.each(['1e3', '-1', '01', '0', '', '1.5', ' 1', '1000000000000000000000000000001'])(
    'refuse the amount %j',
    async (amount) => {
      const key = await studio.recorded('plain');
      expect(refusalCode(await studio.settle(key, { amount }))).toBe('AMOUNT_INVALID');
    },
  );

  it('take one unit and 10^30', async () => {
    const key = await studio.recorded('plain');
    resultOf(await studio.settle(key, { amount: '1' }));
    expect(owed(studio.owner)).toBe('1');
    resultOf(await studio.settle(key, { amount: `1${'0'.repeat(30)}`, settlement_ref: 'large' }));
  });

  describe('the gate', () => {
    it('refuses what is not recorded', async () => {
      const key = await studio.recorded('plain');
      expect(refusalCode(await studio.settle({ ...key, content_hash: contentNamed('other') }))).toBe(
        'NOT_FOUND',
      );
    });

    it('refuses revoked schemes, revoked policies and compromised keys; not disabled models', async () => {
      const key = await studio.recorded('plain');
      const model = { model_ref: key.model_ref };
      resultOf(await studio.intent('model.disable', studio.owner, model));
      resultOf(await studio.settle(key));
      resultOf(await studio.policy(key));
      resultOf(await studio.intent('policy.mark', studio.owner, { ...key, status: 'revoked' }));
      const again = async (settlement_ref: string) =>
        refusalCode(await studio.settle(key, { settlement_ref }));
      expect(await again('2')).toBe('POLICY_REVOKED');
      const compromise = { ...model, key_version: 1, from: studio.now };
      resultOf(await studio.intent('model.compromise', studio.owner, compromise));
      expect(await again('3')).toBe('REVOKED');
      const { scheme_ref } = documentOf(studio, 'record', [key.model_ref, key.content_hash]);
      resultOf(await studio.intent('scheme.mark', studio.owner, { scheme_ref, status: 'revoked' }));
      expect(await again('4')).toBe('SCHEME_REVOKED');
    });

    it('admits only named payers where operators say so', async () => {
      const key = await studio.recorded('plain');
      const payers = [studio.owner.actorId];
      await studio.govern({ ...SAMPLE_PARAMETERS, version: 2, provenance: { payers } });
      expect(refusalCode(await studio.settle(key))).toBe('PAYER_NOT_ADMITTED');
    });
  });

  describe('the lineage', () => {
    it('goes past a revoked ancestor in the middle, which claims nothing', async () => {
      const [, middle, leaf] = await lineage();
      resultOf(await studio.intent('policy.mark', studio.makers[1], { ...middle, status: 'revoked' }));
      resultOf(await studio.settle(leaf));
      const [one, two] = studio.makers;
      expect([owed(two), owed(one)]).toEqual(['0', '499']);
      expect(settlementOf().layers[1]).toMatchObject({ status: 'revoked', claim_bps: 0 });
    });

    it('stops at a cycle', async () => {
      const a = await studio.recorded('a', { parent: contentNamed('b') });
      await studio.recorded('b', { parent: a.content_hash });
      resultOf(await studio.settle(a));
      expect(settlementOf().lineage).toEqual({ depth: 1, incomplete: false, cycle: true });
    });

    it('reaches as deep as the policy says', async () => {
      const [, , leaf] = await lineage();
      const [, , three] = studio.makers;
      resultOf(await studio.policy(leaf, three, termsFor(three.actorId, { max_depth: 1 })));
      resultOf(await studio.settle(leaf));
      expect(settlementOf().lineage).toEqual({ depth: 1, incomplete: false, cycle: false });
    });

    it('of 64 ancestors is settled', async () => {
      let parent = await studio.recorded('generation 0');
      for (let n = 1; n <= 66; n += 1) {
        parent = await studio.recorded(`generation ${n}`, { parent: parent.content_hash });
      }
      resultOf(await studio.settle(parent));
      expect(settlementOf().lineage.depth).toBe(64);
      expect(replaySettlement(settlementOf(), factsOf(settlementOf())).agrees).toBe(true);
    });

    it('may claim no more than the payer allows', async () => {
      const [, , leaf] = await lineage();
      expect(refusalCode(await studio.settle(leaf, { max_claims_bps: 1_499 }))).toBe('CLAIMS_EXCEEDED');
      resultOf(await studio.settle(leaf, { max_claims_bps: 1_500 }));
    });

    it('is refused by a strict request where a parent is missing', async () => {
      const key = await studio.recorded('orphan', { parent: contentNamed('nobody') });
      expect(refusalCode(await studio.settle(key, { mode: 'strict' }))).toBe('PARENT_NOT_FOUND');
    });
  });

  describe('suspense', () => {
    const release = async (
      layer: number,
      reason: 'disputed' | 'payee-unknown' | 'lineage-incomplete',
      who = studio.payer,
      assignments?: readonly { beneficiary: string; to: string }[],
    ) =>
      studio.intent('suspense.release', who, {
        settlement_id: settlementId(studio.payer.actorId, 'invoice-1'),
        layer,
        reason,
        ...(assignments === undefined ? {} : { assignments }),
      });
    const creditsOf = (outcome: Awaited<ReturnType<typeof release>>): Record<string, string> =>
      Object.fromEntries(
        outcome.writes
          .map(({ key, value }) => ({
            key,
            value: JSON.parse(value) as { beneficiary: string; amount: string },
          }))
          .filter(({ key }) => key.startsWith('\u0000credit'))
          .map(({ value }) => [value.beneficiary, value.amount]),
      );

    it('holds a disputed policy’s part until the dispute is settled', async () => {
      const [, middle, leaf] = await lineage();
      const [, two] = studio.makers;
      resultOf(await studio.act('policy.dispute', studio.operator, middle));
      expect(resultOf(await studio.settle(leaf)).state).toBe('part-suspended');
      expect(owed(two)).toBe('0');
      expect(settlementOf().suspended).toEqual([{ layer: 1, reason: 'disputed', amount: '999' }]);
      expect(refusalCode(await release(1, 'disputed'))).toBe('SUSPENSE_HELD');
      resultOf(await studio.act('policy.settle-dispute', studio.operator, middle));
      expect(creditsOf(await release(1, 'disputed'))).toEqual({ [two.actorId]: '999' });
      expect(refusalCode(await release(1, 'disputed'))).toBe('SUSPENSE_UNKNOWN');
      expect(refusalCode(await release(2, 'disputed'))).toBe('SUSPENSE_UNKNOWN');
    });

    it('holds what an unknown payee earns until the rights owner says who it is', async () => {
      const unknown = `pending:${'ab'.repeat(32)}`;
      const key = await studio.recorded('song');
      const terms = termsFor(studio.owner.actorId, {
        beneficiaries: [studio.owner.actorId, unknown],
        shares_bps: [7_500, 2_500],
      });
      resultOf(await studio.policy(key, studio.owner, terms));
      resultOf(await studio.settle(key));
      expect(owed(studio.owner)).toBe('7493');
      expect(settlementOf().suspended).toEqual([{ layer: 0, reason: 'payee-unknown', amount: '2497' }]);
      const [, found] = studio.makers;
      const assignment = [{ beneficiary: unknown, to: found.actorId }];
      expect(refusalCode(await release(0, 'payee-unknown', studio.payer, assignment))).toBe(
        'NOT_RIGHTS_OWNER',
      );
      expect(refusalCode(await release(0, 'payee-unknown', studio.owner))).toBe('SUSPENSE_HELD');
      const outcome = await release(0, 'payee-unknown', studio.owner, assignment);
      expect(creditsOf(outcome)).toEqual({ [found.actorId]: '2497' });
    });

    it('holds a part for a parent nobody registered, and pays the difference when it turns up', async () => {
      const key = await studio.recorded('orphan', { parent: contentNamed('late parent') });
      resultOf(await studio.settle(key));
      // A fifth of 9990 waits at most.
      expect(settlementOf().suspended).toEqual([{ layer: 0, reason: 'lineage-incomplete', amount: '1998' }]);
      expect(owed(studio.owner)).toBe('7992');
      expect(refusalCode(await release(0, 'lineage-incomplete'))).toBe('SUSPENSE_HELD');
      const [, parentOwner] = studio.makers;
      const parent = await studio.recorded('late parent', { owner: parentOwner });
      resultOf(await studio.policy(parent, parentOwner, termsFor(parentOwner.actorId)));
      expect(creditsOf(await release(0, 'lineage-incomplete'))).toEqual({
        [parentOwner.actorId]: '999',
        [studio.owner.actorId]: '999',
      });
    });

    it('gives it back when the time is over', async () => {
      const key = await studio.recorded('orphan', { parent: contentNamed('nobody') });
      resultOf(await studio.settle(key));
      studio.wait(2_592_000);
      expect(creditsOf(await release(0, 'lineage-incomplete'))).toEqual({ [studio.owner.actorId]: '1998' });
    });

    it('divides what is left of large amounts as exactly as of small ones', async () => {
      const [, other] = studio.makers;
      const key = await studio.recorded('orphan', { parent: contentNamed('late parent') });
      const halves = {
        beneficiaries: [studio.owner.actorId, other.actorId],
        shares_bps: [5_000, 5_000],
      };
      resultOf(await studio.policy(key, studio.owner, termsFor(studio.owner.actorId, halves)));
      resultOf(await studio.settle(key, { amount: '123456789012345678901234567' }));
      const held = BigInt(settlementOf().suspended[0]?.amount ?? '0');
      const parent = await studio.recorded('late parent', { owner: other });
      resultOf(await studio.policy(parent, other, termsFor(other.actorId)));
      const credits = creditsOf(await release(0, 'lineage-incomplete'));
      expect(Object.values(credits).reduce((sum, amount) => sum + BigInt(amount), 0n)).toBe(held);
    });

    it('never pays a late parent more than was held', async () => {
      const key = await studio.recorded('orphan', { parent: contentNamed('greedy') });
      resultOf(await studio.settle(key));
      const [, greedy] = studio.makers;
      const parent = await studio.recorded('greedy', { owner: greedy });
      const terms = termsFor(greedy.actorId, { derivative_royalty_bps: 9_000 });
      resultOf(await studio.policy(parent, greedy, terms));
      expect(creditsOf(await release(0, 'lineage-incomplete'))).toEqual({ [greedy.actorId]: '1998' });
    });
  });

  describe('verification reports', () => {
    const verifier = partyNamed('verifier', 'es256');
    let key: RecordKey;

    beforeEach(async () => {
      await studio.register(verifier);
      const verifiers = [verifier.actorId];
      await studio.govern({ ...SAMPLE_PARAMETERS, version: 2, provenance: { verifiers } });
      key = await studio.recorded('verified');
      const terms = termsFor(studio.owner.actorId, { verifications_required: 1 });
      resultOf(await studio.policy(key, studio.owner, terms));
    });

    async function report(
      changes: Partial<VerificationPredicate> = {},
      signer: Signer = verifier.signer,
    ): Promise<Envelope> {
      const { scheme_ref } = documentOf(studio, 'record', [key.model_ref, key.content_hash]);
      const statement = buildVerificationStatement({
        ...key,
        network: SAMPLE_NETWORK,
        scheme_ref,
        status: 'VALID',
        commitment_verified: true,
        signature_verified: true,
        detection_verified: true,
        binding_verified: true,
        verifier: verifier.actorId,
        verified_at: studio.now,
        ...changes,
      });
      return signPayload(IN_TOTO_PAYLOAD_TYPE, utf8(statement), signer);
    }

    it('are required where the policy says so, and named in the settlement', async () => {
      expect(refusalCode(await studio.settle(key))).toBe('VERIFICATION_REQUIRED');
      resultOf(await studio.settle(key, { reports: [await report()] }));
      expect(settlementOf().verified_by).toEqual([verifier.actorId]);
    });

    it.each<[string, Partial<VerificationPredicate>]>([
      ['that found nothing', { status: 'INCONCLUSIVE', detection_verified: false }],
      ['that say VALID without detection', { detection_verified: false }],
      ['about another record', { content_hash: 'ab'.repeat(32) }],
      ['under another scheme', { scheme_ref: 'ab'.repeat(32) }],
      ['for another network', { network: 'cd'.repeat(32) }],
      ['that are too old', { verified_at: 1_700_000_000 }],
      ['from the future', { verified_at: 1_900_000_000 }],
      ['by somebody who is no verifier', { verifier: partyNamed('platform').actorId }],
    ])('%s do not count', async (_what, changes) => {
      expect(refusalCode(await studio.settle(key, { reports: [await report(changes)] }))).toBe(
        'VERIFICATION_INVALID',
      );
    });

    it('by one verifier count once', async () => {
      const twice = [await report(), await report({ verified_at: studio.now - 1 })];
      expect(refusalCode(await studio.settle(key, { reports: twice }))).toBe('VERIFICATION_INVALID');
    });

    it('are signed by the verifier’s current key', async () => {
      const forged = await report({}, partyNamed('thief').signer);
      expect(refusalCode(await studio.settle(key, { reports: [forged] }))).toBe('KEY_NOT_CURRENT');
      const good = await report();
      const [signature] = good.signatures;
      const broken = { ...good, signatures: [{ keyid: signature?.keyid ?? '', sig: `${'A'.repeat(86)}==` }] };
      expect(refusalCode(await studio.settle(key, { reports: [broken] }))).toBe('SIGNATURE_INVALID');
    });
  });

  describe('replay', () => {
    it('says what differs', async () => {
      const [, , leaf] = await lineage();
      resultOf(await studio.settle(leaf));
      const settlement = settlementOf();
      const facts = factsOf(settlement);
      const forged = { ...settlement, fee: { ...settlement.fee, amount: '9' } };
      expect(replaySettlement(forged, facts).differences).toEqual(['The fee is 10, not 9.']);
      expect(replaySettlement(settlement, facts.slice(0, 2)).agrees).toBe(false);
      const shifted = settlement.layers.map((layer, n) => (n === 1 ? { ...layer, amount: '1000' } : layer));
      expect(replaySettlement({ ...settlement, layers: shifted }, facts).differences).toHaveLength(1);
      const other = facts.map((fact, n) =>
        n === 1 ? { ...fact, record: { ...fact.record, parent_hash: '00'.repeat(32) } } : fact,
      );
      expect(replaySettlement(settlement, other).differences[0]).toContain('is not the parent');
    });

    it('is not taken in by a lineage cut short, or another cap', async () => {
      const [, , leaf] = await lineage();
      const [, , three] = studio.makers;
      resultOf(await studio.policy(leaf, three, termsFor(three.actorId, { max_depth: 1 })));
      resultOf(await studio.settle(leaf, { settlement_ref: 'short' }));
      const short = settlementOf('short');
      resultOf(await studio.policy(leaf, three, termsFor(three.actorId)));
      resultOf(await studio.settle(leaf));
      const facts = factsOf(settlementOf());
      // The settlement of a depth of 1, presented as one under the policy that reaches further.
      const layers = short.layers.map((layer, n) => (n === 0 ? { ...layer, policy_version: 3 } : layer));
      expect(replaySettlement({ ...short, layers }, facts.slice(0, 2)).differences).toEqual([
        'The lineage ends otherwise than the settlement says.',
        'The cap or the depth is not the one of the current record’s policy.',
      ]);
      expect(replaySettlement({ ...settlementOf(), cap_bps: 9_000 }, facts).agrees).toBe(false);
    });

    it('is not taken in by another model’s record of the parent', async () => {
      const [, middle, leaf] = await lineage();
      const [one] = studio.makers;
      const copy = await studio.recorded('middle', { owner: one });
      expect(copy.content_hash).toBe(middle.content_hash);
      resultOf(await studio.settle(leaf));
      const layers = settlementOf().layers.map((layer, n) =>
        n === 1 ? { ...layer, model_ref: copy.model_ref, policy_version: 0 } : layer,
      );
      const forged = { ...settlementOf(), layers };
      expect(replaySettlement(forged, factsOf(forged)).differences[0]).toContain('is not the parent');
    });
  });
});
