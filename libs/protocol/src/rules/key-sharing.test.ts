import { type ContentKeyBody } from '../domain/intent-bodies';
import { type KeySharing } from '../domain/content-key';
import { type Parameters } from '../domain/parameters';
import { keyShareCommitment } from '../identifiers';
import { codeOf, codeOfAsync } from '../test-support/expect-code';
import { PARAMETERS } from '../test-support/parameters';
import { publish, type Scene, scene } from '../test-support/scene';
import { assertKeyShared, requiredKeyThreshold } from './key-sharing';

function sharing(threshold: number, operators = ['Op1MSP', 'Op2MSP', 'Op3MSP']): KeySharing {
  return {
    threshold,
    shares: operators.map((operator, i) => ({ operator, commitment: String(i).repeat(64) })),
  };
}

function body(artifactId: string, split?: KeySharing, commitment = 'a'): ContentKeyBody {
  return {
    artifact_id: artifactId,
    commitment: commitment.repeat(64),
    ciphertext_digest: 'c'.repeat(64),
    format: 'mrg1',
    ...(split === undefined ? {} : { sharing: split }),
  };
}

function risky(at: Scene, riskClass: 'low' | 'high' | 'critical'): Promise<string> {
  return publish(at, { risk: { class: riskClass, domains: [], declaration: 'Risky.' } });
}

describe('a content key that is split', () => {
  it('is committed with its scheme, and rotated into another scheme', async () => {
    const at = await scene();
    const id = await risky(at, 'high');
    await at.world.submit(at.maker, 'key.commit', body(id, sharing(2)));
    await at.world.submit(at.maker, 'key.rotate', body(id, sharing(3, ['Op2MSP', 'Op3MSP', 'Op4MSP']), 'b'));
    expect(at.world.must('key', [id]).versions.map((version) => version.sharing)).toEqual([
      sharing(2),
      sharing(3, ['Op2MSP', 'Op3MSP', 'Op4MSP']),
    ]);
  });

  it.each<[string, KeySharing | undefined, string]>([
    ['not split', undefined, 'KEY_SHARING_REQUIRED'],
    ['split among too few for its class', sharing(2), 'KEY_SHARING_REQUIRED'],
    ['split with more needed than there are', sharing(4), 'KEY_SHARING_INVALID'],
    ['shared with a stranger', sharing(3, ['Op1MSP', 'Op2MSP', 'EveMSP']), 'KEY_SHARING_INVALID'],
    ['given to one operator twice', sharing(3, ['Op1MSP', 'Op2MSP', 'Op2MSP']), 'KEY_SHARING_INVALID'],
    ['split one of n', { ...sharing(3), threshold: 1 }, 'SCHEMA_VIOLATION'],
    ['split into nothing', { threshold: 3, shares: [] }, 'SCHEMA_VIOLATION'],
    [
      'split with something beside',
      { ...sharing(3), shares: sharing(3).shares.map((share) => ({ ...share, share: '00' })) },
      'SCHEMA_VIOLATION',
    ],
  ])('is refused in the highest class when it is %s', async (_name, split, expected) => {
    const at = await scene();
    const id = await risky(at, 'critical');
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'key.commit', body(id, split)))).toBe(expected);
    expect(at.world.get('key', [id])).toBeUndefined();
  });

  it('is refused at a rotation too: a class may have risen, and a rotation must not be the way out', async () => {
    const at = await scene();
    const id = await risky(at, 'high');
    await at.world.submit(at.maker, 'key.commit', body(id, sharing(2)));
    const rotate = (split?: KeySharing): Promise<string> =>
      codeOfAsync(() => at.world.submit(at.maker, 'key.rotate', body(id, split, 'b')));
    expect(await rotate()).toBe('KEY_SHARING_REQUIRED');
    expect(await rotate(sharing(2, ['Op1MSP', 'Op1MSP']))).toBe('KEY_SHARING_INVALID');
    expect(await rotate(sharing(2))).toBe('none');
  });

  it('is welcome where no class asks for it', async () => {
    const at = await scene();
    const id = await risky(at, 'low');
    await at.world.submit(at.maker, 'key.commit', body(id, sharing(2)));
    expect(at.world.must('key', [id]).versions[0]?.sharing).toEqual(sharing(2));
  });
});

describe('the threshold of a class', () => {
  const laptop: Parameters = { ...PARAMETERS, operators: ['Op1MSP'] };

  it('is never more than there are operators, and 1 where nothing is said', () => {
    expect(requiredKeyThreshold(PARAMETERS, 'low')).toBe(1);
    expect(requiredKeyThreshold(PARAMETERS, 'critical')).toBe(3);
    expect(requiredKeyThreshold(laptop, 'critical')).toBe(1);
  });

  it('is judged by the class as it is now', () => {
    expect(
      codeOf(() => {
        assertKeyShared({ sharing: sharing(2) }, PARAMETERS, 'high');
      }),
    ).toBe('none');
    expect(
      codeOf(() => {
        assertKeyShared({ sharing: sharing(2) }, PARAMETERS, 'critical');
      }),
    ).toBe('KEY_SHARING_REQUIRED');
    expect(
      codeOf(() => {
        assertKeyShared({}, PARAMETERS, 'high');
      }),
    ).toBe('KEY_SHARING_REQUIRED');
    expect(
      codeOf(() => {
        assertKeyShared({}, laptop, 'high');
      }),
    ).toBe('none');
  });
});

describe('the commitment to a share', () => {
  it('binds artifact, operator and every byte', () => {
    const share = new Uint8Array(33).fill(7);
    const one = keyShareCommitment('22'.repeat(32), 'Op1MSP', share);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    const others = [
      keyShareCommitment('23'.repeat(32), 'Op1MSP', share),
      keyShareCommitment('22'.repeat(32), 'Op2MSP', share),
      keyShareCommitment(
        '22'.repeat(32),
        'Op1MSP',
        share.map((byte, i) => (i === 32 ? byte ^ 1 : byte)),
      ),
      keyShareCommitment('22'.repeat(32), 'Op1MSP', share.slice(1)),
    ];
    expect(new Set([one, ...others]).size).toBe(5);
  });
});
