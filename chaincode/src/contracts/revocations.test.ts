import { firstChainBreak, ledgerKeys, type Caller, type RevocationEntry } from '@maker-registry/protocol';
import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { callerOf } from '../testing/scenario';
import { REGULATOR, REVIEWERS, World } from '../testing/world';

describe('revocations', () => {
  const admin = callerOf('Op1MSP', 'operator-admin');
  let world: World;
  let artifactId: string;

  beforeEach(async () => {
    world = await World.begin();
    artifactId = await world.artifact(await world.license());
  });

  const entry = (changes: Partial<RevocationEntry> = {}): RevocationEntry => ({
    subject_type: 'artifact',
    subject_id: artifactId,
    kind: 'hold',
    reason_code: 'abuse',
    ...changes,
  });
  const issue = async (caller: Caller, ...entries: RevocationEntry[]) =>
    world.act('revocation.issue', caller, { entries });
  const release = async (caller: Caller, number: number) =>
    world.act('revocation.release', caller, { number });
  const chain = (last: number) =>
    Array.from({ length: last }, (_, index) =>
      documentOf(world, 'revocation', ledgerKeys.revocation(index + 1)),
    );

  it('numbers without a gap and chains by hash, over acts and makers’ intents alike', async () => {
    const device = { subject_type: 'device', subject_id: 'dd'.repeat(32) } as const;
    resultOf(await issue(admin, entry({ ...device, reason_code: 'key-compromise' }), entry()));
    const rightless = { artifact_id: artifactId, kind: 'downgrade' as const, reason_code: 'maker-request' };
    resultOf(await world.intent('artifact.revoke', world.maker, rightless));
    resultOf(await release(admin, 2));
    const entries = chain(4);
    expect(entries.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(firstChainBreak(entries)).toBe(-1);
    expect(documentOf(world, 'revocation-head', [])).toMatchObject({ number: 4 });
    const { result } = await world.call('revocations:GetHead', []);
    expect(JSON.parse(result ?? '')).toMatchObject({ number: 4 });
  });

  it('lifts a hold by a new entry and frees the subject', async () => {
    resultOf(await issue(admin, entry()));
    expect(documentOf(world, 'artifact', [artifactId]).state).toBe('restricted');
    resultOf(await release(admin, 1));
    expect(documentOf(world, 'artifact', [artifactId]).state).toBe('active');
    expect(refusalCode(await release(admin, 1))).toBe('ILLEGAL_TRANSITION');
  });

  it.each(['restrict', 'downgrade', 'revoke'] as const)('never lifts a %s', async (kind) => {
    resultOf(await issue(admin, entry({ kind })));
    expect(refusalCode(await release(admin, 1))).toBe('REVOCATION_FINAL');
  });

  it('lets a regulator lift an operator’s hold, and no other operator', async () => {
    resultOf(await issue(admin, entry()));
    expect(refusalCode(await release(callerOf('Op2MSP', 'operator-admin'), 1))).toBe('NOT_OPERATOR');
    resultOf(await release(REGULATOR, 1));
  });

  it('leaves a maker’s own hold to the maker', async () => {
    const hold = { artifact_id: artifactId, kind: 'hold' as const, reason_code: 'maker-request' };
    await world.intent('artifact.revoke', world.maker, hold);
    expect(refusalCode(await release(admin, 1))).toBe('NOT_OPERATOR');
  });

  it('bars an actor whose ban has no scope from everything', async () => {
    resultOf(await issue(admin, entry({ subject_type: 'actor', subject_id: world.maker.actorId })));
    expect(documentOf(world, 'actor', [world.maker.actorId]).status).toBe('banned');
    const outcome = await world.intent('right.issue', world.maker, world.grant(artifactId, '00'.repeat(32)));
    expect(refusalCode(outcome)).toBe('ACTOR_BANNED');
    resultOf(await release(admin, 1));
    expect(documentOf(world, 'actor', [world.maker.actorId]).status).toBe('active');
  });

  it('takes at most 64 open restrictions on one subject', async () => {
    resultOf(await issue(admin, ...Array.from({ length: 64 }, () => entry())));
    expect(refusalCode(await issue(admin, entry()))).toBe('RESTRICTIONS_EXHAUSTED');
  });

  it('refuses an argument of too many values', async () => {
    const outcome = await world.call('revocations:Issue', [`[${'0,'.repeat(150_000)}0]`], admin);
    expect(refusalCode(outcome)).toBe('JSON_TOO_MANY_VALUES');
  });

  it('fails as a whole, and says which entry was wrong', async () => {
    const outcome = await issue(admin, entry(), entry({ subject_id: '99'.repeat(32) }));
    expect(refusalCode(outcome)).toBe('ARTIFACT_UNKNOWN');
    expect(refusalSubject(outcome)).toBe('99'.repeat(32));
    expect(outcome.writes).toEqual([]);
    expect(documentOf(world, 'artifact', [artifactId]).state).toBe('active');
    const second = await issue(admin, entry(), entry({ scope: { actions: ['execute'] } }));
    expect(refusalSubject(second)).toBe('/entries/1/scope');
  });

  it('takes two hundred entries and not one more', async () => {
    const device = (index: number): RevocationEntry =>
      entry({
        subject_type: 'device',
        subject_id: index.toString(16).padStart(64, '0'),
        reason_code: 'key-compromise',
      });
    const entries = Array.from({ length: 201 }, (_, index) => device(index));
    expect(refusalCode(await issue(admin, ...entries))).toBe('SCHEMA_VIOLATION');
    expect(resultOf(await issue(admin, ...entries.slice(1)))).toMatchObject({
      first_number: 1,
      last_number: 200,
    });
  });

  it.each([
    [{ subject_type: 'actor', kind: 'downgrade' }, '/entries/0/kind'],
    [{ key_version: 1 }, '/entries/0/key_version'],
    [{ subject_type: 'key' }, '/entries/0/key_version'],
    [{ limits: { max_devices: 1 } }, '/entries/0/limits'],
    [{ kind: 'narrow' }, '/entries/0/scope'],
  ] as const)('refuses %j', async (change, pointer) => {
    const outcome = await issue(admin, entry(change));
    expect(refusalCode(outcome)).toBe('SCHEMA_VIOLATION');
    expect(refusalSubject(outcome)).toBe(pointer);
  });

  it('refuses reasons and domains that are not in the parameters', async () => {
    expect(refusalCode(await issue(admin, entry({ reason_code: 'whim' })))).toBe('REASON_UNKNOWN');
    expect(refusalCode(await issue(admin, entry({ reason_code: 'maker-request' })))).toBe('REASON_UNKNOWN');
    const scope = { domains: ['telepathy'] };
    expect(refusalCode(await issue(admin, entry({ kind: 'narrow', scope })))).toBe('DOMAIN_UNKNOWN');
  });

  it.each(['gateway', 'auditor', 'platform', undefined])('refuses the role %s', async (role) => {
    expect(refusalCode(await issue(callerOf('Op1MSP', role), entry()))).toBe('ROLE_MISSING');
    expect(refusalCode(await release(callerOf('Op1MSP', role), 1))).toBe('ROLE_MISSING');
  });

  it.each([
    callerOf('Op9MSP', 'ca-admin'),
    callerOf('Op1MSP', 'regulator'),
    callerOf('RegulatorMSP', 'ca-admin'),
  ])('refuses a role from the wrong organization', async (caller) => {
    expect(refusalCode(await issue(caller, entry()))).toBe('NOT_OPERATOR');
  });

  it('refuses a second final revocation and unknown numbers', async () => {
    resultOf(await issue(admin, entry({ kind: 'revoke' })));
    expect(refusalCode(await issue(REGULATOR, entry({ kind: 'revoke' })))).toBe('REVOKED');
    expect(refusalCode(await release(admin, 9))).toBe('REVOCATION_UNKNOWN');
    expect(refusalCode(await world.call('revocations:Get', ['9']))).toBe('REVOCATION_UNKNOWN');
    expect(refusalCode(await world.call('revocations:Get', ['0']))).toBe('ID_MALFORMED');
    expect(refusalCode(await world.call('revocations:Get', ['1e0']))).toBe('ID_MALFORMED');
  });

  it('asks for no state before it knows the role', async () => {
    const outcome = await issue(callerOf('Op1MSP', 'gateway'), entry());
    expect(outcome.reads).toEqual([]);
    expect((await issue(REVIEWERS[0]!, entry())).reads).toHaveLength(3);
  });
});
