import { documentOf, refusalCode, resultOf } from '../testing/expectations';
import { REVIEWERS, World } from '../testing/world';

/** One test fills a bound, signature by signature; a busy machine takes its time. */
jest.setTimeout(60_000);

describe('content keys', () => {
  let world: World;
  let artifactId: string;

  const body = (commitment: string) => ({
    artifact_id: artifactId,
    commitment: commitment.repeat(32),
    ciphertext_digest: 'dd'.repeat(32),
    format: 'mrg1' as const,
  });
  const revoke = async (version: number, who = world.maker, reason = 'key-compromise') =>
    world.intent('key.revoke', who, { artifact_id: artifactId, version, reason_code: reason });

  beforeEach(async () => {
    world = await World.begin();
    artifactId = await world.artifact(await world.license());
  });

  it('commits, rotates and revokes; rights are not touched', async () => {
    resultOf(await world.intent('key.commit', world.maker, body('a1')));
    const rotated = await world.intent('key.rotate', world.maker, body('a2'));
    expect(rotated.writes.map(({ key }) => key.split('\u0000')[1])).toEqual(['intent', 'key']);
    expect(resultOf(await revoke(1))).toMatchObject({ first_number: 1 });
    expect(documentOf(world, 'key', [artifactId])).toMatchObject({
      current: 2,
      versions: [
        { version: 1, status: 'revoked' },
        { version: 2, status: 'current' },
      ],
    });
    expect(documentOf(world, 'revocation', ['000000000001'])).toMatchObject({
      subject_type: 'key',
      key_version: 1,
      final: true,
    });
  });

  it('refuses a second commit and a rotation without one', async () => {
    expect(refusalCode(await world.intent('key.rotate', world.maker, body('a1')))).toBe(
      'CONTENT_KEY_UNKNOWN',
    );
    await world.intent('key.commit', world.maker, body('a1'));
    expect(refusalCode(await world.intent('key.commit', world.maker, body('a2')))).toBe('CONTENT_KEY_EXISTS');
  });

  it('refuses a rotation to a key that was committed before', async () => {
    await world.intent('key.commit', world.maker, body('a1'));
    expect(refusalCode(await world.intent('key.rotate', world.maker, body('a1')))).toBe('CONTENT_KEY_EXISTS');
  });

  it('takes at most 256 versions', async () => {
    await world.intent('key.commit', world.maker, body('00'));
    const commitment = (index: number) => ({
      ...body('00'),
      commitment: index.toString(16).padStart(64, '0'),
    });
    for (let index = 1; index < 256; index += 1)
      resultOf(await world.intent('key.rotate', world.maker, commitment(index)));
    expect(refusalCode(await world.intent('key.rotate', world.maker, commitment(256)))).toBe(
      'KEY_VERSIONS_EXHAUSTED',
    );
  });

  it('refuses anyone but the maker', async () => {
    expect(refusalCode(await world.intent('key.commit', world.buyer, body('a1')))).toBe('NOT_MAKER');
    await world.intent('key.commit', world.maker, body('a1'));
    expect(refusalCode(await revoke(1, world.buyer))).toBe('NOT_MAKER');
  });

  it('refuses to revoke what is not there, twice, or for another’s reason', async () => {
    expect(refusalCode(await revoke(1))).toBe('CONTENT_KEY_UNKNOWN');
    await world.intent('key.commit', world.maker, body('a1'));
    expect(refusalCode(await revoke(2))).toBe('CONTENT_KEY_UNKNOWN');
    expect(refusalCode(await revoke(1, world.maker, 'abuse'))).toBe('REASON_UNKNOWN');
    resultOf(await revoke(1));
    expect(refusalCode(await revoke(1))).toBe('REVOKED');
  });

  it('refuses keys of a revoked or unknown artifact', async () => {
    const entries = [
      {
        subject_type: 'artifact' as const,
        subject_id: artifactId,
        kind: 'revoke' as const,
        reason_code: 'abuse',
      },
    ];
    await world.act('revocation.issue', REVIEWERS[0]!, { entries });
    expect(refusalCode(await world.intent('key.commit', world.maker, body('a1')))).toBe(
      'ARTIFACT_NOT_ACTIVE',
    );
    artifactId = '99'.repeat(32);
    expect(refusalCode(await world.intent('key.commit', world.maker, body('a1')))).toBe('ARTIFACT_UNKNOWN');
    expect(refusalCode(await world.call('keys:Get', [artifactId]))).toBe('CONTENT_KEY_UNKNOWN');
  });
});
