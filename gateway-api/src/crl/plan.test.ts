import fc from 'fast-check';
import { nextCrlNumber } from './crl-number';
import {
  BASE_LIFETIME_S,
  BASE_PERIOD_S,
  DELTA_LIFETIME_S,
  MAX_DELTA_ENTRIES,
  PROMPT_ENTRIES,
} from './limits';
import { planCrls, type PublishedCrl, type ScopeNews, type ScopeState } from './plan';
import { crlUrl, FULL, isInScope, scopesOf, shardScope } from './scope';

const AT = 1_800_000_000;

function published(change: Partial<PublishedCrl> = {}): PublishedCrl {
  return { number: 5n, height: 10, thisUpdate: AT, nextUpdate: AT + BASE_LIFETIME_S, entries: 3, ...change };
}

const BASE = published();
const OLDER = published({ number: 4n, height: 7, thisUpdate: AT - 9_000, nextUpdate: AT + 9_000 });
const DELTA = published({ number: 6n, height: 12, nextUpdate: AT + DELTA_LIFETIME_S });
const STATE: ScopeState = { lastNumber: 6n, base: BASE, delta: DELTA, oldestBase: OLDER };
const QUIET: ScopeNews = { at: AT + 1, changedAt: 10, changedSince: () => 0 };

describe('the plan', () => {
  it.each<[string, Partial<ScopeState>, Partial<ScopeNews>, [boolean, PublishedCrl | undefined]]>([
    ['nothing where nothing happened', {}, {}, [false, undefined]],
    [
      'a full CRL where none is',
      { base: undefined, delta: undefined, oldestBase: undefined },
      {},
      [true, undefined],
    ],
    [
      'a delta after the first full CRL',
      { delta: undefined, oldestBase: BASE },
      { changedAt: 10 },
      [false, BASE],
    ],
    ['both at once on news of a short list', {}, { changedAt: 13 }, [true, OLDER]],
    [
      'a delta alone on news of a long list',
      { base: published({ entries: PROMPT_ENTRIES + 1 }) },
      { changedAt: 13 },
      [false, OLDER],
    ],
    [
      'both on news of a long list that is old enough',
      { base: published({ entries: PROMPT_ENTRIES + 1 }) },
      { changedAt: 13, at: AT + BASE_PERIOD_S },
      [true, OLDER],
    ],
    [
      'nothing on old news of a long list',
      { base: published({ entries: PROMPT_ENTRIES + 1 }) },
      { changedAt: 12 },
      [false, undefined],
    ],
    ['a delta at half its life without news', {}, { at: AT + DELTA_LIFETIME_S / 2 }, [false, OLDER]],
    ['no delta a moment before', {}, { at: AT + DELTA_LIFETIME_S / 2 - 1 }, [false, undefined]],
    [
      'both at half the life of the full CRL without news',
      {},
      { at: AT + BASE_LIFETIME_S / 2 },
      [true, BASE],
    ],
    ['a delta to no full CRL that has lapsed', {}, { changedAt: 13, at: OLDER.nextUpdate }, [true, BASE]],
    [
      'a full CRL alone where each that could be built on has lapsed',
      {},
      { at: AT + BASE_LIFETIME_S },
      [true, undefined],
    ],
    [
      'a delta to the newest full CRL where the oldest lies too far back',
      { base: published({ height: 12, entries: PROMPT_ENTRIES + 1 }) },
      { changedAt: 13, changedSince: (height) => (height < 12 ? MAX_DELTA_ENTRIES + 1 : 1) },
      [false, published({ height: 12, entries: PROMPT_ENTRIES + 1 })],
    ],
    [
      'a full CRL where the news is too much for a delta',
      { base: published({ height: 12, entries: PROMPT_ENTRIES + 1 }) },
      { changedAt: 13, changedSince: () => MAX_DELTA_ENTRIES + 1 },
      [true, undefined],
    ],
  ])('is %s', (_what, state, news, [base, deltaTo]) => {
    expect(planCrls({ ...STATE, ...state }, { ...QUIET, ...news })).toEqual({ base, deltaTo });
  });
});

describe('the number', () => {
  it.each([
    ['the height first, then the time', 3, 7, undefined, (3n << 32n) + 7n],
    ['one more where the clock went back', 3, 6, (3n << 32n) + 7n, (3n << 32n) + 8n],
    ['one more within a second', 3, 7, (3n << 32n) + 7n, (3n << 32n) + 8n],
    ['one more where the ledger seems shorter', 2, 99, (3n << 32n) + 7n, (3n << 32n) + 8n],
    ['above those that were times only', 1, AT, BigInt(AT), (1n << 32n) + BigInt(AT)],
  ])('has %s', (_what, height, at, last, expected) => {
    expect(nextCrlNumber(height, at, last)).toBe(expected);
  });

  it('always grows, and fits 20 octets and a bigint of the database', () => {
    const moment = fc.record({ height: fc.nat(2 ** 30), at: fc.integer({ min: 0, max: 2 ** 32 - 1 }) });
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 50, size: 'max' }), (moments) => {
        let last: bigint | undefined;
        for (const { height, at } of moments) {
          const number = nextCrlNumber(height, at, last);
          if (last !== undefined) expect(number > last).toBe(true);
          expect(number < 1n << 63n).toBe(true);
          last = number;
        }
      }),
    );
  });

  it('grows without any record, for ledger and time do', () => {
    expect(nextCrlNumber(4, AT + 5, undefined) > nextCrlNumber(4, AT, undefined)).toBe(true);
    expect(nextCrlNumber(5, AT - 5, undefined) > nextCrlNumber(4, AT, undefined)).toBe(true);
  });
});

describe('scopes', () => {
  it('are the list of all certificates, and shards that part them', () => {
    expect(scopesOf(1)).toEqual([FULL]);
    const [full, ...shards] = scopesOf(4);
    expect(full).toBe(FULL);
    for (const serial of ['01', 'ff', '0100000007', 'deadbeef']) {
      expect(isInScope(serial, FULL)).toBe(true);
      expect(shards.filter((scope) => isInScope(serial, scope))).toHaveLength(1);
    }
  });

  it('have addresses of their own, also after their number changed', () => {
    const base = 'https://op1.example/v1/crl';
    expect(crlUrl(base, 'ca', FULL, 'delta')).toBe(`${base}?authority=ca&delta=true`);
    expect(crlUrl(base, 'ca', shardScope(3, 8), 'base')).toBe(`${base}?authority=ca&shard=3&shards=8`);
    expect(crlUrl(base, 'ca', shardScope(3, 8), 'base')).not.toBe(
      crlUrl(base, 'ca', shardScope(3, 16), 'base'),
    );
  });
});
