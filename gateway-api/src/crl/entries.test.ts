import fc from 'fast-check';
import { baseEntries, type CertificateRow, deltaEntries, isListed, type KnownCrl } from './entries';
import { LOOKBACK_S } from './limits';

const AT = 1_800_000_000;
const DAY = 86_400;

function row(change: Partial<CertificateRow> = {}): CertificateRow {
  return {
    serial: '01',
    state: 'revoked',
    reason: 'keyCompromise',
    revokedAt: AT - 10 * DAY,
    invalidityDate: undefined,
    expiresAt: undefined,
    block: 5,
    ...change,
  };
}

const BEFORE: KnownCrl = { height: 10, thisUpdate: AT - DAY / 2 };

describe('a full CRL', () => {
  it.each<[string, Partial<CertificateRow>, boolean]>([
    ['what is revoked', {}, true],
    ['what is held', { state: 'held', reason: 'certificateHold' }, true],
    ['no lifted hold', { state: 'released' }, false],
    ['what has not expired', { expiresAt: AT + 1 }, true],
    ['what expired a moment ago', { expiresAt: AT - 1 }, true],
    ['what expired within the lookback', { expiresAt: AT - LOOKBACK_S + 1 }, true],
    ['nothing that expired long ago', { expiresAt: AT - LOOKBACK_S }, false],
    ['what expired long ago, if it is news', { expiresAt: AT - LOOKBACK_S - DAY, block: 11 }, true],
    ['what is revoked without a known end', { expiresAt: undefined }, true],
  ])('lists %s', (_what, change, expected) => {
    expect(isListed(row(change), AT, BEFORE)).toBe(expected);
    expect(baseEntries([row(change)], AT, BEFORE).length).toBe(expected ? 1 : 0);
  });

  it('still lists what expired while no CRL was issued', () => {
    const longAgo = { height: 10, thisUpdate: AT - 30 * DAY };
    const expired = row({ expiresAt: AT - 20 * DAY });
    expect(isListed(expired, AT, longAgo)).toBe(true);
    // The list that showed it lets it go.
    expect(isListed(expired, AT + 1, { height: 10, thisUpdate: AT })).toBe(false);
  });

  it('lists everything that is revoked where none came before', () => {
    expect(isListed(row({ expiresAt: 0 }), AT, undefined)).toBe(true);
  });
});

describe('a delta', () => {
  const anchor: KnownCrl = { height: 4, thisUpdate: AT - DAY };
  const entries = (change: Partial<CertificateRow>): unknown[] =>
    [...deltaEntries([row(change)], AT, anchor, BEFORE)].map(({ serial, reason }) => [serial, reason]);

  it.each<[string, Partial<CertificateRow>, unknown[]]>([
    ['what was revoked since', {}, [['01', 'keyCompromise']]],
    ['what was held since', { state: 'held', reason: 'certificateHold' }, [['01', 'certificateHold']]],
    ['nothing that the anchor has', { block: 4 }, []],
    ['a hold that was lifted since as removed', { state: 'released' }, [['01', 'removeFromCRL']]],
    ['no hold that was lifted before', { state: 'released', block: 4 }, []],
    [
      'what left since for its expiry as removed',
      { block: 3, expiresAt: AT - LOOKBACK_S - 60 },
      [['01', 'removeFromCRL']],
    ],
    ['nothing that had left before', { block: 3, expiresAt: AT - LOOKBACK_S - 2 * DAY }, []],
    ['nothing that stays for the lookback', { block: 3, expiresAt: AT - 60 }, []],
  ])('says %s', (_what, change, expected) => {
    expect(entries(change)).toEqual(expected);
  });

  it('and any full CRL since its anchor say what a full CRL of now says', () => {
    const state = fc.constantFrom('held' as const, 'revoked' as const, 'released' as const);
    // Each certificate's changes, one a block; the last one before a height is its state there.
    const story = fc.array(
      fc.array(fc.record({ block: fc.integer({ min: 1, max: 20 }), state }), { minLength: 1, maxLength: 5 }),
      { maxLength: 12, size: 'max' },
    );
    const heights = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(story, heights, (stories, [a, b]) => {
        const [from, base] = [Math.min(a, b), Math.max(a, b)];
        const at = (height: number): CertificateRow[] =>
          stories.flatMap((changes, index) => {
            const past = changes.filter(({ block }) => block <= height).sort((x, y) => x.block - y.block);
            const last = past.at(-1);
            if (last === undefined) return [];
            return [row({ serial: (index + 1).toString(16).padStart(2, '0'), ...last, reason: undefined })];
          });
        const listed = (rows: CertificateRow[]): Set<string> =>
          new Set([...baseEntries(rows, AT, undefined)].map(({ serial }) => serial));
        const combined = listed(at(base));
        const known = (height: number): KnownCrl => ({ height, thisUpdate: AT });
        for (const { serial, reason } of deltaEntries(at(20), AT, known(from), known(base))) {
          if (reason === 'removeFromCRL') combined.delete(serial);
          else combined.add(serial);
        }
        expect([...combined].sort()).toEqual([...listed(at(20))].sort());
      }),
    );
  });
});
