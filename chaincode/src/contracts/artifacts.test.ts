import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { partyNamed } from '../testing/party';
import { callerOf, type IntentVariation } from '../testing/scenario';
import { OPEN_TERMS, REVIEWERS, World } from '../testing/world';

describe('artifacts', () => {
  let world: World;
  let licenseId: string;

  beforeEach(async () => {
    world = await World.begin();
    licenseId = await world.license();
  });

  describe('Register', () => {
    it('activates low risk at once', async () => {
      const outcome = await world.intent('artifact.register', world.maker, world.registration(licenseId));
      expect(resultOf(outcome)).toMatchObject({ type: 'artifact', state: 'active' });
      expect(outcome.reads).toHaveLength(5);
      expect(outcome.writes).toHaveLength(2);
    });

    it('lets high risk wait for review', async () => {
      const id = await world.artifact(licenseId, 'high');
      expect(documentOf(world, 'artifact', [id])).toMatchObject({ state: 'pending-review', approved: false });
    });

    it('inherits the strictest class and the domains of its parents', async () => {
      const parent = world.registration(licenseId, {
        risk: { class: 'medium', domains: ['ncii-deepfake'], declaration: '' },
      });
      const { id: parentId } = resultOf(await world.intent('artifact.register', world.maker, parent));
      await world.act('review.decide', REVIEWERS[0]!, { artifact_id: parentId, decision: 'approve' });
      const child = world.registration(licenseId, {
        name: 'acme/child',
        parents: [{ artifact_id: parentId, relation: 'fine-tune' }],
      });
      const { id } = resultOf(await world.intent('artifact.register', world.maker, child));
      expect(documentOf(world, 'artifact', [id])).toMatchObject({
        state: 'pending-review',
        risk: { class: 'medium', declared_class: 'low', domains: ['ncii-deepfake'] },
      });
    });

    it('refuses the same name and version twice', async () => {
      await world.artifact(licenseId);
      const outcome = await world.intent('artifact.register', world.maker, world.registration(licenseId));
      expect(refusalCode(outcome)).toBe('ARTIFACT_EXISTS');
    });

    it('refuses an unknown license', async () => {
      const outcome = await world.intent(
        'artifact.register',
        world.maker,
        world.registration('22'.repeat(32)),
      );
      expect(refusalCode(outcome)).toBe('LICENSE_UNKNOWN');
    });

    it('refuses an unknown parent', async () => {
      const body = world.registration(licenseId, {
        parents: [{ artifact_id: '33'.repeat(32), relation: 'merge' }],
      });
      expect(refusalCode(await world.intent('artifact.register', world.maker, body))).toBe('PARENT_UNKNOWN');
    });

    it('refuses a domain that the parameters do not know', async () => {
      const body = world.registration(licenseId, {
        risk: { class: 'low', domains: ['telepathy'], declaration: '' },
      });
      expect(refusalCode(await world.intent('artifact.register', world.maker, body))).toBe('DOMAIN_UNKNOWN');
    });

    it('refuses a parent that waits for review or is revoked', async () => {
      const parentId = await world.artifact(licenseId, 'high', 'acme/parent');
      const body = world.registration(licenseId, {
        parents: [{ artifact_id: parentId, relation: 'adapter' }],
      });
      expect(refusalCode(await world.intent('artifact.register', world.maker, body))).toBe(
        'ARTIFACT_NOT_ACTIVE',
      );
      const withdrawal = { artifact_id: parentId, kind: 'revoke' as const, reason_code: 'maker-request' };
      await world.intent('artifact.revoke', world.maker, withdrawal);
      expect(refusalCode(await world.intent('artifact.register', world.maker, body))).toBe('PARENT_REVOKED');
    });

    it('refuses to derive from another maker against his license', async () => {
      const closed = await world.license({ ...OPEN_TERMS, actions: ['execute'] });
      const parentId = await world.artifact(closed);
      const own = await world.license(OPEN_TERMS, world.buyer);
      const body = world.registration(own, { parents: [{ artifact_id: parentId, relation: 'quantized' }] });
      expect(refusalCode(await world.intent('artifact.register', world.buyer, body))).toBe(
        'LICENSE_VIOLATION',
      );
    });

    it.each([
      ['a path', { name: '../escape' }],
      ['no version', { version: '1.0' }],
      ['a digest in capitals', { root_digest: 'AA'.repeat(32) }],
    ])('refuses %s as SCHEMA_VIOLATION', async (_what, change) => {
      const valid = await world.envelope('artifact.register', world.maker, world.registration(licenseId));
      const envelope = JSON.parse(valid) as { payload: string };
      const intent = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as { body: object };
      const [member = ''] = Object.keys(change);
      const payload = Buffer.from(
        JSON.stringify({ ...intent, body: { ...intent.body, ...change } }),
      ).toString('base64');
      const outcome = await world.call('artifacts:Register', [JSON.stringify({ ...envelope, payload })]);
      expect(refusalCode(outcome)).toBe('SCHEMA_VIOLATION');
      expect(refusalSubject(outcome)).toBe(`/body/${member}`);
    });

    it('refuses a banned actor, in the scope of the ban only', async () => {
      const ban = {
        subject_type: 'actor' as const,
        subject_id: world.maker.actorId,
        kind: 'hold' as const,
        reason_code: 'abuse',
        scope: { actions: ['register' as const], domains: ['exploit-generation'] },
      };
      resultOf(await world.act('revocation.issue', callerOf('Op1MSP', 'operator-admin'), { entries: [ban] }));
      const inScope = world.registration(licenseId, {
        risk: { class: 'low', domains: ['exploit-generation'], declaration: '' },
      });
      expect(refusalCode(await world.intent('artifact.register', world.maker, inScope))).toBe('ACTOR_BANNED');
      await world.artifact(licenseId);
    });
  });

  describe('Revoke and Release', () => {
    const refuse = async (
      act: 'hold' | 'restrict' | 'downgrade' | 'revoke',
      id: string,
      who = world.maker,
      reason = 'maker-request',
      variation: IntentVariation = {},
    ) => world.intent('artifact.revoke', who, { artifact_id: id, kind: act, reason_code: reason }, variation);

    it.each([
      ['hold', 'restricted'],
      ['restrict', 'restricted'],
      ['downgrade', 'downgraded'],
    ] as const)('a %s makes it %s until the maker lifts it', async (kind, state) => {
      const id = await world.artifact(licenseId);
      const restricted = resultOf(await refuse(kind, id));
      expect(restricted).toMatchObject({ state, first_number: 1, last_number: 1 });
      const released = resultOf(await world.intent('artifact.release', world.maker, { artifact_id: id }));
      expect(released).toMatchObject({ state: 'active', first_number: 2, last_number: 2 });
      expect(documentOf(world, 'revocation', ['000000000002'])).toMatchObject({
        kind: 'release',
        releases: 1,
      });
      expect(documentOf(world, 'revocation', ['000000000001'])).toMatchObject({ lifted: { number: 2 } });
    });

    it('a revocation is final', async () => {
      const id = await world.artifact(licenseId);
      expect(resultOf(await refuse('revoke', id)).state).toBe('revoked');
      expect(refusalCode(await refuse('hold', id))).toBe('REVOKED');
      expect(refusalCode(await world.intent('artifact.release', world.maker, { artifact_id: id }))).toBe(
        'REVOKED',
      );
    });

    it('refuses anyone but the maker', async () => {
      const id = await world.artifact(licenseId);
      expect(refusalCode(await refuse('hold', id, world.buyer))).toBe('NOT_MAKER');
      const release = await world.intent('artifact.release', world.buyer, { artifact_id: id });
      expect(refusalCode(release)).toBe('NOT_MAKER');
    });

    it('refuses a reason that is not the maker’s to give', async () => {
      const id = await world.artifact(licenseId);
      expect(refusalCode(await refuse('hold', id, world.maker, 'abuse'))).toBe('REASON_UNKNOWN');
      expect(refusalCode(await refuse('hold', id, world.maker, 'whim'))).toBe('REASON_UNKNOWN');
    });

    it('refuses to lift what is not there, and what an operator put there', async () => {
      const id = await world.artifact(licenseId);
      const release = { artifact_id: id };
      expect(refusalCode(await world.intent('artifact.release', world.maker, release))).toBe(
        'ILLEGAL_TRANSITION',
      );
      const hold = {
        subject_type: 'artifact' as const,
        subject_id: id,
        kind: 'hold' as const,
        reason_code: 'abuse',
      };
      await world.act('revocation.issue', REVIEWERS[0]!, { entries: [hold] });
      expect(refusalCode(await world.intent('artifact.release', world.maker, release))).toBe(
        'ILLEGAL_TRANSITION',
      );
    });

    it('refuses an artifact that nobody registered', async () => {
      expect(refusalCode(await refuse('hold', '44'.repeat(32)))).toBe('ARTIFACT_UNKNOWN');
      const stranger = partyNamed('stranger');
      expect(refusalCode(await refuse('hold', '44'.repeat(32), stranger))).toBe('ACTOR_UNKNOWN');
    });
  });
});
