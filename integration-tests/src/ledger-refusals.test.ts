import { contentKeyCommitment, rightId, type LicenseTerms } from '@maker-registry/protocol';
import { generateActorKey, type RegistryClient, type SoftwareActorKey } from '@maker-registry/sdk';
import { runningNetwork, fabricIdentity, registryClient } from '@maker-registry/testbed';
import { artifactBody, licenseBody, markedLicenseId, OPEN_TERMS, sha256 } from './support/documents';
import { refused } from './support/refused';
import { freshName, registeredActor, Stage } from './support/world';

const network = runningNetwork();
const UNKNOWN = 'ab'.repeat(32);

describe('what the ledger refuses, through REST, with its code', () => {
  let client: RegistryClient;
  let stage: Stage;
  let holder: SoftwareActorKey;
  let artifact: string;

  beforeAll(async () => {
    client = registryClient(network);
    stage = await Stage.set(client);
    holder = await registeredActor(client, 'es256');
    artifact = await stage.artifact();
  });
  afterAll(() => {
    client.close();
  });

  const reviewer = (operator: string) => fabricIdentity(network, operator, 'reviewer');
  /** A stage of its own with other terms, and a right under them. */
  async function rightUnder(terms: Partial<LicenseTerms>): Promise<string> {
    const special: LicenseTerms = { ...OPEN_TERMS, text_digest: sha256(freshName('terms')), ...terms };
    const license = await client.submitIntent(
      'license.define',
      { name: 'special', terms: special },
      stage.maker,
    );
    const name = freshName('special');
    const made = await client.submitIntent(
      'artifact.register',
      artifactBody(name, license.result.id),
      stage.maker,
    );
    const issued = await client.submitIntent(
      'right.issue',
      {
        ...stage.rightBody(made.result.id, holder.actorId),
        license_id: license.result.id,
        actions: ['execute'],
      },
      stage.maker,
    );
    return rightId(issued.intent_id ?? '');
  }

  describe('actors', () => {
    it('ACTOR_UNKNOWN: an intent of someone who never registered', async () => {
      const stranger = generateActorKey();
      expect(await refused(client.submitIntent('license.define', licenseBody('x'), stranger))).toBe(
        'ACTOR_UNKNOWN',
      );
    });
    it('ACTOR_EXISTS: registering twice', async () => {
      const key = await registeredActor(client);
      const again = client.submitIntent(
        'actor.register',
        { alg: 'ed25519', public_key: key.signer.publicKey },
        key,
      );
      expect(await refused(again)).toBe('ACTOR_EXISTS');
    });
    it('KEY_NOT_CURRENT: the old key after a rotation, and the new key works', async () => {
      const old = await registeredActor(client);
      const next = generateActorKey('es256', old.actorId);
      await client.submitIntent(
        'actor.rotate',
        { alg: 'es256', public_key: next.signer.publicKey, reason: 'rotation' },
        old,
        { countersigners: [next.signer] },
      );
      expect(await refused(client.submitIntent('license.define', licenseBody('old'), old))).toBe(
        'KEY_NOT_CURRENT',
      );
      await client.submitIntent('license.define', licenseBody('new'), next);
    });
    it('SIGNATURE_MISSING: a rotation that the new key did not sign', async () => {
      const old = await registeredActor(client);
      const next = generateActorKey('es256', old.actorId);
      const body = { alg: 'es256', public_key: next.signer.publicKey, reason: 'rotation' } as const;
      expect(await refused(client.submitIntent('actor.rotate', body, old))).toBe('SIGNATURE_MISSING');
    });
    it('ACTOR_BANNED: an act that a scoped ban bars, while another stays possible', async () => {
      const offender = await registeredActor(client);
      await client.performAct(
        'revocation.issue',
        {
          entries: [
            {
              subject_type: 'actor',
              subject_id: offender.actorId,
              kind: 'narrow',
              reason_code: 'repeat-offender',
              scope: { actions: ['register'] },
            },
          ],
        },
        fabricIdentity(network, 'op1', 'caadmin'),
      );
      const license = await client.submitIntent('license.define', licenseBody('banned'), offender);
      const attempt = client.submitIntent(
        'artifact.register',
        artifactBody(freshName('b'), license.result.id),
        offender,
      );
      expect(await refused(attempt)).toBe('ACTOR_BANNED');
    });
  });

  describe('artifacts and licenses', () => {
    it('LICENSE_UNKNOWN', async () => {
      const attempt = client.submitIntent(
        'artifact.register',
        artifactBody(freshName('a'), UNKNOWN),
        stage.maker,
      );
      expect(await refused(attempt)).toBe('LICENSE_UNKNOWN');
    });
    it('LICENSE_EXISTS: equal terms are one license', async () => {
      const mark = freshName('same');
      await client.submitIntent('license.define', licenseBody(mark), stage.maker);
      expect(await refused(client.submitIntent('license.define', licenseBody(mark), stage.maker))).toBe(
        'LICENSE_EXISTS',
      );
    });
    it('ARTIFACT_EXISTS: name and version once for a maker', async () => {
      const body = artifactBody(freshName('twice'), stage.licenseId);
      await client.submitIntent('artifact.register', body, stage.maker);
      expect(await refused(client.submitIntent('artifact.register', body, stage.maker))).toBe(
        'ARTIFACT_EXISTS',
      );
    });
    it('PARENT_UNKNOWN', async () => {
      const body = {
        ...artifactBody(freshName('child'), stage.licenseId),
        parents: [{ artifact_id: UNKNOWN, relation: 'derived' as const }],
      };
      expect(await refused(client.submitIntent('artifact.register', body, stage.maker))).toBe(
        'PARENT_UNKNOWN',
      );
    });
    it('PARENT_REVOKED', async () => {
      const parent = await stage.artifact();
      const revoke = { artifact_id: parent, kind: 'revoke', reason_code: 'maker-request' } as const;
      await client.submitIntent('artifact.revoke', revoke, stage.maker);
      const body = {
        ...artifactBody(freshName('orphan'), stage.licenseId),
        parents: [{ artifact_id: parent, relation: 'derived' as const }],
      };
      expect(await refused(client.submitIntent('artifact.register', body, stage.maker))).toBe(
        'PARENT_REVOKED',
      );
    });
    it('DOMAIN_UNKNOWN', async () => {
      const body = artifactBody(freshName('domain'), stage.licenseId);
      const attempt = client.submitIntent(
        'artifact.register',
        { ...body, risk: { ...body.risk, domains: ['no-such-domain'] } },
        stage.maker,
      );
      expect(await refused(attempt)).toBe('DOMAIN_UNKNOWN');
    });
    it('NOT_MAKER: revoking what another made', async () => {
      const revoke = { artifact_id: artifact, kind: 'revoke', reason_code: 'maker-request' } as const;
      expect(await refused(client.submitIntent('artifact.revoke', revoke, holder))).toBe('NOT_MAKER');
    });
    it('ARTIFACT_UNKNOWN', async () => {
      const attempt = client.submitIntent(
        'right.issue',
        stage.rightBody(UNKNOWN, holder.actorId),
        stage.maker,
      );
      expect(await refused(attempt)).toBe('ARTIFACT_UNKNOWN');
    });
    it('REASON_UNKNOWN: a reason that the parameters do not know', async () => {
      const revoke = { artifact_id: artifact, kind: 'hold', reason_code: 'because' } as const;
      expect(await refused(client.submitIntent('artifact.revoke', revoke, stage.maker))).toBe(
        'REASON_UNKNOWN',
      );
    });
    it('REVOKED: nothing brings a revoked artifact back', async () => {
      const gone = await stage.artifact();
      const revoke = { artifact_id: gone, kind: 'revoke', reason_code: 'maker-request' } as const;
      await client.submitIntent('artifact.revoke', revoke, stage.maker);
      expect(await refused(client.submitIntent('artifact.release', { artifact_id: gone }, stage.maker))).toBe(
        'REVOKED',
      );
    });
  });

  describe('reviews', () => {
    it('activates a high-risk artifact only after reviewers of two different operators', async () => {
      const risky = await stage.artifact('high');
      const issue = () =>
        client.submitIntent('right.issue', stage.rightBody(risky, holder.actorId), stage.maker);
      expect(await refused(issue())).toBe('ARTIFACT_NOT_ACTIVE');
      const approval = { artifact_id: risky, decision: 'approve' } as const;
      await client.performAct('review.decide', approval, reviewer('op1'));
      await client.performAct('review.decide', approval, reviewer('op1'));
      expect(await refused(issue())).toBe('ARTIFACT_NOT_ACTIVE');
      await client.performAct('review.decide', approval, reviewer('op2'));
      await issue();
    });
    it('REASON_REQUIRED: a rejection says why', async () => {
      const risky = await stage.artifact('high');
      const attempt = client.performAct(
        'review.decide',
        { artifact_id: risky, decision: 'reject' },
        reviewer('op1'),
      );
      expect(await refused(attempt)).toBe('REASON_REQUIRED');
    });
    it('ROLE_MISSING: an auditor does not review', async () => {
      const risky = await stage.artifact('high');
      const attempt = client.performAct(
        'review.decide',
        { artifact_id: risky, decision: 'approve' },
        fabricIdentity(network, 'op1', 'auditor'),
      );
      expect(await refused(attempt)).toBe('ROLE_MISSING');
    });
    it('REVIEW_NOT_PENDING: a low-risk artifact was active at once', async () => {
      const attempt = client.performAct(
        'review.decide',
        { artifact_id: artifact, decision: 'approve' },
        reviewer('op1'),
      );
      expect(await refused(attempt)).toBe('REVIEW_NOT_PENDING');
    });
  });

  describe('rights', () => {
    it('LICENSE_VIOLATION: an action that the license does not offer', async () => {
      const body = { ...stage.rightBody(artifact, holder.actorId), actions: ['redistribute' as const] };
      expect(await refused(client.submitIntent('right.issue', body, stage.maker))).toBe('LICENSE_VIOLATION');
    });
    it('RIGHT_UNKNOWN', async () => {
      const attempt = client.submitIntent(
        'right.gift',
        { right_id: UNKNOWN, to: stage.maker.actorId },
        holder,
      );
      expect(await refused(attempt)).toBe('RIGHT_UNKNOWN');
    });
    it('NOT_HOLDER: giving away what another holds', async () => {
      const right = await stage.right(artifact, holder.actorId);
      const thief = await registeredActor(client);
      const attempt = client.submitIntent('right.gift', { right_id: right, to: thief.actorId }, thief);
      expect(await refused(attempt)).toBe('NOT_HOLDER');
    });
    it('TRANSFER_FORBIDDEN: a gift where the license forbids it', async () => {
      const right = await rightUnder({ transfer: { resale: true, gift: false, bequest: true } });
      const attempt = client.submitIntent('right.gift', { right_id: right, to: stage.maker.actorId }, holder);
      expect(await refused(attempt)).toBe('TRANSFER_FORBIDDEN');
    });
    it('COOLING_PERIOD and TRANSFERS_EXHAUSTED', async () => {
      const cooling = await rightUnder({ transfer: { ...OPEN_TERMS.transfer, cooling_period_s: 86_400 } });
      const soon = client.submitIntent('right.gift', { right_id: cooling, to: stage.maker.actorId }, holder);
      expect(await refused(soon)).toBe('COOLING_PERIOD');
      const once = await rightUnder({ transfer: { ...OPEN_TERMS.transfer, max_transfers: 1 } });
      await client.submitIntent('right.gift', { right_id: once, to: stage.maker.actorId }, holder);
      const twice = client.submitIntent('right.gift', { right_id: once, to: holder.actorId }, stage.maker);
      expect(await refused(twice)).toBe('TRANSFERS_EXHAUSTED');
    });
    it('RIGHT_NOT_ACTIVE while suspended, and again usable after resuming', async () => {
      const right = await stage.right(artifact, holder.actorId);
      const reason = { right_id: right, reason_code: 'payment-reversed' };
      await client.submitIntent('right.suspend', reason, stage.maker);
      const gift = () =>
        client.submitIntent('right.gift', { right_id: right, to: stage.maker.actorId }, holder);
      expect(await refused(gift())).toBe('RIGHT_NOT_ACTIVE');
      await client.submitIntent('right.resume', { right_id: right, reason_code: 'resolved' }, stage.maker);
      await gift();
    });
    it('sells with the royalty of the license, and only with both signatures', async () => {
      const right = await stage.right(artifact, holder.actorId);
      const buyer = await registeredActor(client);
      const body = { right_id: right, buyer: buyer.actorId, price: { amount: '1000', currency: 'EUR' } };
      expect(await refused(client.submitIntent('right.sell', body, holder))).toBe('SIGNATURE_MISSING');
      await client.submitIntent('right.sell', body, holder, { countersigners: [buyer.signer] });
      const sales = [];
      for await (const sale of client.read.sales(right, { minHeight: 'own' })) sales.push(sale);
      expect(sales).toHaveLength(1);
      expect(sales[0]).toMatchObject({
        seller: holder.actorId,
        buyer: buyer.actorId,
        royalty: { amount: '50' },
      });
    });
    it('BEQUEST_UNKNOWN, WAITING_PERIOD_TOO_SHORT and WAITING_PERIOD', async () => {
      const right = await stage.right(artifact, holder.actorId);
      const heir = await registeredActor(client);
      expect(await refused(client.submitIntent('right.claim', { right_id: right }, heir))).toBe(
        'BEQUEST_UNKNOWN',
      );
      const bequest = (waiting: number) =>
        client.submitIntent(
          'right.bequeath',
          { right_id: right, beneficiary: heir.actorId, waiting_period_s: waiting },
          holder,
        );
      expect(await refused(bequest(60))).toBe('WAITING_PERIOD_TOO_SHORT');
      const { bequest_min_waiting_s: minimum } = await client.read.parameters();
      await bequest(minimum);
      await client.submitIntent('right.claim', { right_id: right }, heir);
      expect(await refused(client.submitIntent('right.claim', { right_id: right }, heir))).toBe(
        'WAITING_PERIOD',
      );
    });
  });

  describe('content keys', () => {
    const commit = (id: string, seed: string) => ({
      artifact_id: id,
      commitment: contentKeyCommitment(id, Buffer.from(sha256(seed), 'hex')),
      ciphertext_digest: sha256(`${seed}-ciphertext`),
      format: 'mrg1' as const,
    });
    it('CONTENT_KEY_EXISTS, CONTENT_KEY_UNKNOWN', async () => {
      const target = await stage.artifact();
      expect(await refused(client.submitIntent('key.rotate', commit(target, 'a'), stage.maker))).toBe(
        'CONTENT_KEY_UNKNOWN',
      );
      await client.submitIntent('key.commit', commit(target, 'a'), stage.maker);
      expect(await refused(client.submitIntent('key.commit', commit(target, 'b'), stage.maker))).toBe(
        'CONTENT_KEY_EXISTS',
      );
      await client.submitIntent('key.rotate', commit(target, 'c'), stage.maker);
      const keys = await client.read.contentKeys(target, { minHeight: 'own' });
      expect(keys.versions.map((version) => version.status)).toEqual(['retired', 'current']);
    });
  });

  describe('revocations', () => {
    it('REVOCATION_UNKNOWN and REVOCATION_FINAL', async () => {
      const admin = fabricIdentity(network, 'op2', 'caadmin');
      expect(await refused(client.performAct('revocation.release', { number: 999_999_999 }, admin))).toBe(
        'REVOCATION_UNKNOWN',
      );
      const target = await stage.artifact();
      const done = await client.performAct(
        'revocation.issue',
        {
          entries: [
            { subject_type: 'artifact', subject_id: target, kind: 'revoke', reason_code: 'unlawful' },
          ],
        },
        admin,
      );
      const number = done.result.first_number ?? 0;
      expect(await refused(client.performAct('revocation.release', { number }, admin))).toBe(
        'REVOCATION_FINAL',
      );
    });
    it('takes an order of the regulator within its reasons, and nothing else of it', async () => {
      const regulator = fabricIdentity(network, 'regulator', 'admin');
      const target = await stage.artifact();
      const order = (reason: string) =>
        client.performAct(
          'revocation.issue',
          { entries: [{ subject_type: 'artifact', subject_id: target, kind: 'hold', reason_code: reason }] },
          regulator,
        );
      expect(await refused(order('license-breach'))).toBe('REASON_UNKNOWN');
      await order('investigation');
      const approval = client.performAct(
        'review.decide',
        { artifact_id: target, decision: 'approve' },
        regulator,
      );
      expect(await refused(approval)).toMatch(/ROLE_MISSING|NOT_OPERATOR/);
      expect((await client.read.artifact(target, { minHeight: 'own' })).state).not.toBe('active');
    });
    it('numbers revocations without gaps, each naming the one before', async () => {
      const head = [];
      for await (const revocation of client.read.revocations(0, { minHeight: 'own' })) head.push(revocation);
      expect(head.map((entry) => entry.number)).toEqual(head.map((_, index) => index + 1));
    });
  });

  describe('parameters', () => {
    it('PROPOSAL_UNKNOWN, PROPOSAL_STALE and PARAMETERS_INVALID', async () => {
      const admin = fabricIdentity(network, 'op1', 'admin');
      expect(await refused(client.performAct('parameters.approve', { proposal_id: UNKNOWN }, admin))).toBe(
        'PROPOSAL_UNKNOWN',
      );
      const current = await client.read.parameters();
      const stale = client.performAct('parameters.propose', { parameters: current }, admin);
      expect(['PROPOSAL_STALE', 'PROPOSAL_EXISTS', 'PARAMETERS_INVALID']).toContain(await refused(stale));
    });
    it('ROLE_MISSING: a reviewer does not change parameters', async () => {
      const current = await client.read.parameters();
      const attempt = client.performAct(
        'parameters.propose',
        { parameters: { ...current, version: current.version + 1 } },
        reviewer('op1'),
      );
      expect(await refused(attempt)).toBe('ROLE_MISSING');
    });
  });

  it('leaves no trace of what it refused', async () => {
    const name = freshName('refused');
    const body = artifactBody(name, markedLicenseId(stage.maker.actorId, 'never-defined'));
    await refused(client.submitIntent('artifact.register', body, stage.maker));
    for await (const found of client.read.artifacts({ maker: stage.maker.actorId, name })) {
      throw new Error(`The ledger holds ${found.artifact_id}`);
    }
  });
});
