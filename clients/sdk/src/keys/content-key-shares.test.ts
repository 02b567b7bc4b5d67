import { randomBytes } from 'node:crypto';
import { contentKeyCommitment, type RegistryError } from '@maker-registry/protocol';
import fc from 'fast-check';
import {
  assertCommittedShare,
  combineShares,
  type KeyShare,
  sharingOf,
  splitContentKey,
} from './content-key-shares';

const ARTIFACT = '22'.repeat(32);
const OPERATORS = ['Op1MSP', 'Op2MSP', 'Op3MSP', 'Op4MSP'] as const;

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'accepted';
  } catch (error) {
    return (error as RegistryError).code;
  }
}

async function splitOf(
  threshold: number,
  operators: readonly string[] = OPERATORS,
): Promise<{ key: Buffer; shares: readonly KeyShare[]; committed: Parameters<typeof combineShares>[0] }> {
  const key = randomBytes(32);
  const shares = await splitContentKey(key, threshold, operators);
  return {
    key,
    shares,
    committed: {
      artifactId: ARTIFACT,
      commitment: contentKeyCommitment(ARTIFACT, key),
      sharing: sharingOf(ARTIFACT, threshold, shares),
    },
  };
}

/** Every choice of `size` out of the list. */
function choices<T>(list: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return list.flatMap((first, i) => choices(list.slice(i + 1), size - 1).map((rest) => [first, ...rest]));
}

describe('a content key that is split', () => {
  it.each([2, 3, 4])('comes back from any %i of four operators, in any order', async (threshold) => {
    const { key, shares, committed } = await splitOf(threshold);
    for (const some of choices(shares, threshold)) {
      expect(Buffer.from(await combineShares(committed, some.reverse()))).toEqual(key);
    }
    expect(Buffer.from(await combineShares(committed, shares))).toEqual(key);
  });

  it('does not come back from fewer, nor from one operator’s share twice', async () => {
    const { shares, committed } = await splitOf(3);
    const [first, second] = shares as [KeyShare, KeyShare];
    for (const few of [[], [first], [first, second], [first, second, first]]) {
      expect(await codeOf(() => combineShares(committed, few))).toBe('KEY_SHARES_MISSING');
    }
  });

  it('leaves no copy of a share behind, and the caller’s as they were', async () => {
    const { shares, committed } = await splitOf(2);
    const [first, second] = shares as [KeyShare, KeyShare];
    const copies = jest.spyOn(Uint8Array, 'from');
    await combineShares(committed, [first, second]);
    const made = copies.mock.results.map(({ value }) => value as Uint8Array);
    copies.mockRestore();
    expect(made.filter(({ length }) => length === first.share.length)).toHaveLength(2);
    for (const copy of made) expect(copy.every((byte) => byte === 0)).toBe(true);
    expect(await codeOf(() => combineShares(committed, [first, second]))).toBe('accepted');
  });

  it('says of each wrong share whose it is', async () => {
    const { shares, committed } = await splitOf(2);
    const [first, second, third] = shares as [KeyShare, KeyShare, KeyShare];
    const wrong = [
      { ...second, share: Uint8Array.from(second.share, (byte, i) => (i === 0 ? byte ^ 1 : byte)) },
      { ...second, share: Uint8Array.from(second.share, (byte, i) => (i === 32 ? byte ^ 1 : byte)) },
      { ...second, share: second.share.slice(1) },
      { ...second, share: new Uint8Array(33) },
      { operator: 'Op2MSP', share: third.share },
      { operator: 'EveMSP', share: second.share },
    ];
    for (const share of wrong) {
      const work = combineShares(committed, [first, share]);
      await expect(work).rejects.toMatchObject({ code: 'KEY_SHARE_MISMATCH', subject: share.operator });
    }
    expect(
      await codeOf(() => {
        assertCommittedShare(ARTIFACT, committed.sharing, first);
      }),
    ).toBe('accepted');
    expect(
      await codeOf(() => {
        assertCommittedShare('23'.repeat(32), committed.sharing, first);
      }),
    ).toBe('KEY_SHARE_MISMATCH');
  });

  it('shows a maker that committed to shares of another key', async () => {
    const { shares, committed } = await splitOf(2);
    const lie = { ...committed, commitment: contentKeyCommitment(ARTIFACT, randomBytes(32)) };
    expect(await codeOf(() => combineShares(lie, shares))).toBe('CONTENT_KEY_MISMATCH');
    // Two operators with one and the same point of the polynomial.
    const [first] = shares as [KeyShare];
    const twice = [first, { operator: 'Op2MSP', share: first.share }];
    const same = { ...committed, sharing: sharingOf(ARTIFACT, 2, twice) };
    expect(await codeOf(() => combineShares(same, twice))).toBe('CONTENT_KEY_MISMATCH');
  });

  it.each<[string, number, number, readonly string[]]>([
    ['one of n', 32, 1, OPERATORS],
    ['more than there are', 32, 5, OPERATORS],
    ['among one', 32, 2, ['Op1MSP']],
    ['to an operator twice', 32, 2, ['Op1MSP', 'Op1MSP', 'Op2MSP']],
    ['a key of another length', 31, 2, OPERATORS],
  ])('is not split %s', async (_name, bytes, threshold, operators) => {
    expect(await codeOf(() => splitContentKey(randomBytes(bytes), threshold, operators))).toBe(
      'KEY_SHARING_INVALID',
    );
  });

  it('leaves the caller’s key as it was, and splits anew each time', async () => {
    const key = randomBytes(32);
    const copy = Buffer.from(key);
    const [one, other] = await Promise.all([
      splitContentKey(key, 2, OPERATORS),
      splitContentKey(key, 2, OPERATORS),
    ]);
    expect(key).toEqual(copy);
    expect(Buffer.from(one[0]!.share).equals(Buffer.from(other[0]!.share))).toBe(false);
  });

  it('round-trips whatever the key', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.integer({ min: 2, max: 4 }),
        async (key, threshold) => {
          const shares = await splitContentKey(key, threshold, OPERATORS);
          const commitment = contentKeyCommitment(ARTIFACT, key);
          const sharing = sharingOf(ARTIFACT, threshold, shares);
          const some = shares.slice(4 - threshold);
          expect(await combineShares({ artifactId: ARTIFACT, commitment, sharing }, some)).toEqual(key);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives shares that say nothing of the key: over many splits every byte takes many values', async () => {
    const key = new Uint8Array(32);
    const seen = Array.from({ length: 32 }, () => new Set<number>());
    for (let n = 0; n < 200; n += 1) {
      const [first] = await splitContentKey(key, 2, OPERATORS);
      first!.share.subarray(0, 32).forEach((byte, i) => seen[i]?.add(byte));
    }
    for (const values of seen) expect(values.size).toBeGreaterThan(80);
  });
});
