import { contextHash, policyCommitment, idReference, type RecordKey } from '@maker-registry/protocol';
import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { callerOf } from '../testing/scenario';
import { contentNamed, Studio, termsFor } from '../testing/studio';

describe('royalty policies', () => {
  let studio: Studio;
  let key: RecordKey;

  beforeEach(async () => {
    studio = await Studio.begin();
    key = await studio.recorded('song');
  });

  const head = () => documentOf(studio, 'policy', [key.model_ref, key.content_hash]);

  it('add up versions; the head keeps no license terms, the version does', async () => {
    resultOf(await studio.policy(key));
    const second = await studio.policy(key, studio.owner, termsFor(studio.payer.actorId));
    expect(resultOf(second)).toMatchObject({ type: 'policy', state: 'active', count: 2 });
    expect(head()).toMatchObject({ version: 2, rights_owner: studio.owner.actorId, frozen: false });
    expect(head()).not.toHaveProperty('license_terms');
    const first = documentOf(studio, 'policy-version', [key.model_ref, key.content_hash, '000000001']);
    expect(first).toMatchObject({ license_terms: { text: 'CC-BY-4.0' }, set_by: studio.owner.actorId });
    expect(first.royalty_terms.beneficiaries).toEqual([studio.owner.actorId]);
  });

  it('begin with the model’s owner, and go on with the rights owner', async () => {
    const [, heir] = studio.makers;
    expect(refusalCode(await studio.policy(key, heir))).toBe('NOT_OWNER');
    const given = studio.policyBody(key, heir, termsFor(heir.actorId));
    resultOf(await studio.intent('policy.set', studio.owner, given));
    expect(refusalCode(await studio.policy(key))).toBe('NOT_RIGHTS_OWNER');
    resultOf(await studio.policy(key, heir));
  });

  it('need a record', async () => {
    const unknown = { ...key, content_hash: contentNamed('nothing') };
    expect(refusalCode(await studio.policy(unknown))).toBe('NOT_FOUND');
  });

  it('are committed to by their exact terms', async () => {
    const body = studio.policyBody(key, studio.owner, termsFor(studio.owner.actorId));
    const swapped = { ...body, license_terms: { text: 'all rights reserved' } };
    const outcome = await studio.intent('policy.set', studio.owner, swapped);
    expect(refusalCode(outcome)).toBe('POLICY_COMMITMENT_MISMATCH');
    expect(refusalSubject(outcome)).toBe('/body/policy_commitment');
  });

  it.each([
    ['shares that sum to 9999', { shares_bps: [9_999] }, 'shares_bps'],
    ['a beneficiary twice', { beneficiaries: ['a', 'a'], shares_bps: [5_000, 5_000] }, 'beneficiaries/1'],
    ['no beneficiary', { beneficiaries: [], shares_bps: [] }, 'beneficiaries'],
    ['a share of nothing', { beneficiaries: ['a', 'b'], shares_bps: [10_000, 0] }, 'shares_bps/1'],
    ['shares of another number', { shares_bps: [5_000, 5_000] }, 'shares_bps'],
    ['a rate above the whole', { derivative_royalty_bps: 10_001 }, 'derivative_royalty_bps'],
    ['a cap above the whole', { total_royalty_cap_bps: 10_001 }, 'total_royalty_cap_bps'],
    ['no depth', { max_depth: 0 }, 'max_depth'],
    ['a depth of 65', { max_depth: 65 }, 'max_depth'],
    ['a person’s name', { beneficiaries: ['Ada Lovelace'] }, 'beneficiaries/0'],
    [
      '65 beneficiaries',
      { beneficiaries: Array.from({ length: 65 }, (_u, n) => String(n)) },
      'beneficiaries',
    ],
  ])('refuse %s', async (_what, change, member) => {
    const outcome = await studio.policy(key, studio.owner, termsFor(studio.owner.actorId, change));
    expect(refusalCode(outcome)).toBe('POLICY_INVALID');
    expect(refusalSubject(outcome)).toBe(`/body/royalty_terms/${member}`);
  });

  it('refuse license terms beyond 16 KiB', async () => {
    const body = studio.policyBody(key, studio.owner, termsFor(studio.owner.actorId), 'x'.repeat(16_384));
    expect(refusalCode(await studio.intent('policy.set', studio.owner, body))).toBe('TOO_LARGE');
  });

  it('are bound by the record’s signed context, where it has one', async () => {
    const modelRef = key.model_ref;
    const terms = { license_terms: { text: 'CC-BY-4.0' }, royalty_terms: termsFor(studio.owner.actorId) };
    const content_hash = contentNamed('bound');
    const commitment = policyCommitment(idReference(modelRef), content_hash, terms);
    const context_hash = contextHash(commitment, 'deal 7');
    resultOf(await studio.record(studio.owner, studio.claim(modelRef, 'bound', { context_hash })));
    const bound = { model_ref: modelRef, content_hash };
    const body = studio.policyBody(bound, studio.owner, terms.royalty_terms);
    const set = async (context?: string) =>
      studio.intent('policy.set', studio.owner, { ...body, ...(context === undefined ? {} : { context }) });
    expect(refusalCode(await set())).toBe('POLICY_COMMITMENT_MISMATCH');
    expect(refusalCode(await set(Buffer.from('deal 8').toString('hex')))).toBe('POLICY_COMMITMENT_MISMATCH');
    const other = studio.policyBody(bound, studio.owner, termsFor(studio.payer.actorId));
    expect(refusalCode(await studio.intent('policy.set', studio.owner, other))).toBe(
      'POLICY_COMMITMENT_MISMATCH',
    );
    resultOf(await set(Buffer.from('deal 7').toString('hex')));
    resultOf(await studio.policy(bound, studio.owner, termsFor(studio.payer.actorId)));
  });

  it('are marked by their rights owner, never back but by a new version', async () => {
    const mark = async (status: 'deprecated' | 'revoked', who = studio.owner) =>
      studio.intent('policy.mark', who, { ...key, status });
    expect(refusalCode(await mark('revoked'))).toBe('POLICY_UNKNOWN');
    resultOf(await studio.policy(key));
    expect(refusalCode(await mark('revoked', studio.payer))).toBe('NOT_RIGHTS_OWNER');
    resultOf(await mark('deprecated'));
    resultOf(await mark('revoked'));
    expect(refusalCode(await mark('deprecated'))).toBe('ILLEGAL_TRANSITION');
    resultOf(await studio.policy(key));
    expect(head()).toMatchObject({ version: 2, status: 'active' });
  });

  it('freeze for good', async () => {
    resultOf(await studio.policy(key));
    resultOf(await studio.intent('policy.freeze', studio.owner, key));
    expect(refusalCode(await studio.policy(key))).toBe('POLICY_FROZEN');
    expect(refusalCode(await studio.intent('policy.freeze', studio.owner, key))).toBe('POLICY_FROZEN');
    const mark = { ...key, status: 'revoked' as const };
    expect(refusalCode(await studio.intent('policy.mark', studio.owner, mark))).toBe('POLICY_FROZEN');
  });

  it('are disputed by operators and regulators alone; a new version does not silence it', async () => {
    resultOf(await studio.policy(key));
    const dispute = async (caller = studio.operator) => studio.act('policy.dispute', caller, key);
    const settle = async (caller = studio.operator) => studio.act('policy.settle-dispute', caller, key);
    expect(refusalCode(await dispute(callerOf('Op1MSP', 'gateway')))).toBe('ROLE_MISSING');
    expect(refusalCode(await dispute(callerOf('Op9MSP', 'operator-admin')))).toBe('NOT_OPERATOR');
    expect(refusalCode(await settle())).toBe('DISPUTE_UNKNOWN');
    resultOf(await dispute(callerOf('RegulatorMSP', 'regulator')));
    expect(refusalCode(await dispute())).toBe('DISPUTE_OPEN');
    resultOf(await studio.policy(key));
    expect(head().dispute).toMatchObject({ by: { msp_id: 'RegulatorMSP', role: 'regulator' } });
    resultOf(await settle());
    expect(head().dispute).toBeUndefined();
  });
});
