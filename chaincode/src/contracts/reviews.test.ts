import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { callerOf } from '../testing/scenario';
import { REVIEWERS, World } from '../testing/world';

describe('reviews', () => {
  let world: World;
  let artifactId: string;

  const decide = async (mspId: string, decision: 'approve' | 'reject', reason?: string) =>
    world.act('review.decide', callerOf(mspId, 'safety-reviewer'), {
      artifact_id: artifactId,
      decision,
      ...(reason === undefined ? {} : { reason }),
    });

  beforeEach(async () => {
    world = await World.begin();
    artifactId = await world.artifact(await world.license(), 'high');
  });

  it('activates high risk with approvals of two different operators', async () => {
    expect(resultOf(await decide('Op1MSP', 'approve')).state).toBe('pending-review');
    expect(resultOf(await decide('Op2MSP', 'approve')).state).toBe('active');
    expect(documentOf(world, 'artifact', [artifactId]).reviews.map(({ msp_id }) => msp_id)).toEqual([
      'Op1MSP',
      'Op2MSP',
    ]);
  });

  it('counts an operator once, however often it decides', async () => {
    await decide('Op1MSP', 'approve');
    const other = { ...callerOf('Op1MSP', 'safety-reviewer'), certificateDigest: 'aa'.repeat(32) };
    const again = await world.act('review.decide', other, { artifact_id: artifactId, decision: 'approve' });
    expect(resultOf(again).state).toBe('pending-review');
    expect(documentOf(world, 'artifact', [artifactId]).reviews).toMatchObject([
      { reviewer: 'aa'.repeat(32) },
    ]);
  });

  it('lets an operator change its mind, and no operator veto alone', async () => {
    await decide('Op1MSP', 'reject', 'The evaluation lacks a red team.');
    await decide('Op2MSP', 'approve');
    expect(resultOf(await decide('Op3MSP', 'approve')).state).toBe('active');
  });

  it('keeps waiting while rejections are as many as approvals', async () => {
    await decide('Op1MSP', 'approve');
    await decide('Op2MSP', 'reject', 'Unsafe.');
    expect(documentOf(world, 'artifact', [artifactId]).state).toBe('pending-review');
  });

  it('refuses a rejection without a reason', async () => {
    const outcome = await decide('Op1MSP', 'reject');
    expect(refusalCode(outcome)).toBe('REASON_REQUIRED');
    expect(refusalSubject(outcome)).toBe('/reason');
    expect(outcome.writes).toEqual([]);
  });

  it.each(['operator-admin', 'gateway', 'ca-admin', 'regulator', undefined])(
    'refuses the role %s',
    async (role) => {
      const argument = { artifact_id: artifactId, decision: 'approve' as const };
      expect(refusalCode(await world.act('review.decide', callerOf('Op1MSP', role), argument))).toBe(
        'ROLE_MISSING',
      );
    },
  );

  it.each(['Op9MSP', 'RegulatorMSP'])('refuses a reviewer of %s', async (mspId) => {
    expect(refusalCode(await decide(mspId, 'approve'))).toBe('NOT_OPERATOR');
  });

  it('refuses an artifact that does not wait', async () => {
    await decide('Op1MSP', 'approve');
    await decide('Op2MSP', 'approve');
    expect(refusalCode(await decide('Op3MSP', 'reject', 'Too late.'))).toBe('REVIEW_NOT_PENDING');
  });

  it('refuses an unknown artifact and unknown fields', async () => {
    const [reviewer] = REVIEWERS;
    const unknown = { artifact_id: '55'.repeat(32), decision: 'approve' as const };
    expect(refusalCode(await world.act('review.decide', reviewer!, unknown))).toBe('ARTIFACT_UNKNOWN');
    const extra = JSON.stringify({ artifact_id: artifactId, decision: 'approve', force: true });
    const outcome = await world.call('reviews:Decide', [extra], reviewer);
    expect(refusalCode(outcome)).toBe('SCHEMA_VIOLATION');
    expect(refusalSubject(outcome)).toBe('/force');
  });

  it('tells the decisions so far', async () => {
    await decide('Op1MSP', 'approve');
    const { result } = await world.call('reviews:Get', [artifactId]);
    expect(JSON.parse(result ?? '')).toMatchObject({
      state: 'pending-review',
      reviews: [{ msp_id: 'Op1MSP' }],
    });
    expect(refusalCode(await world.call('reviews:Get', ['55'.repeat(32)]))).toBe('ARTIFACT_UNKNOWN');
  });
});
