import fc from 'fast-check';
import { type Health, type Rule, assess, noteRestart, referenceHeight, toRestart } from './decision';

const RULE: Rule = { maxLagBlocks: 5, maxLagMs: 10_000, graceMs: 30_000 };
const NAMES = ['o1', 'o2', 'o3', 'o4'];
const all = new Set(NAMES);
const heights = (...values: (number | undefined)[]): Map<string, number | undefined> =>
  new Map(values.map((value, index) => [NAMES[index] ?? '', value]));

/** Polls once a second with the same heights. */
function watch(
  seconds: number,
  seen: Map<string, number | undefined>,
  before: Health = new Map(),
  from = 0,
): Health {
  let health = before;
  for (let second = 0; second <= seconds; second += 1)
    health = assess(health, seen, from + second * 1000, RULE);
  return health;
}

describe('the height others are measured against', () => {
  it('is one that two nodes have reached', () => {
    expect(referenceHeight(heights(100, 100, 99, 40))).toBe(100);
  });

  it('is not what one liar claims', () => {
    expect(referenceHeight(heights(1_000_000, 100, 99, 98))).toBe(100);
  });

  it('ignores the silent', () => {
    expect(referenceHeight(heights(undefined, 7, 7, undefined))).toBe(7);
    expect(referenceHeight(heights(undefined, undefined, undefined, undefined))).toBe(0);
  });

  it('is never above what the honest majority reached, whatever one says', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), fc.nat(10_000), fc.nat(), (a, b, c, lie) => {
        expect(referenceHeight(heights(lie, a, b, c))).toBeLessThanOrEqual(Math.max(a, b, c));
      }),
    );
  });
});

describe('when a node is restarted', () => {
  const frozen = heights(100, 100, 100, 33);

  it('not before it has lagged for long enough', () => {
    expect(toRestart(watch(10, frozen), all, 10_000, RULE)).toBeUndefined();
    expect(toRestart(watch(11, frozen), all, 11_000, RULE)).toBe('o4');
  });

  it('not when it lags within the limit and goes on', () => {
    let health: Health = new Map();
    for (let second = 0; second <= 60; second += 1)
      health = assess(health, heights(second + 5, second + 5, second + 5, second + 1), second * 1000, RULE);
    expect(toRestart(health, all, 60_000, RULE)).toBeUndefined();
  });

  it('when it stands still even one block behind', () => {
    const stuck = heights(100, 100, 100, 99);
    expect(toRestart(watch(10, stuck), all, 10_000, RULE)).toBeUndefined();
    expect(toRestart(watch(12, stuck), all, 12_000, RULE)).toBe('o4');
  });

  it('not when it caught up in between', () => {
    const caughtUp = watch(1, heights(100, 100, 100, 100), watch(9, frozen), 10_000);
    expect(toRestart(watch(5, frozen, caughtUp, 12_000), all, 17_000, RULE)).toBeUndefined();
  });

  it('when it runs but answers nothing', () => {
    expect(toRestart(watch(11, heights(100, 100, 100, undefined)), all, 11_000, RULE)).toBe('o4');
  });

  it('not when its process is not there: somebody stopped it', () => {
    const alive = new Set(['o1', 'o2', 'o3']);
    expect(toRestart(watch(60, heights(100, 100, 100, undefined)), alive, 60_000, RULE)).toBeUndefined();
  });

  it('not again within the grace time, and again after it', () => {
    const restarted = noteRestart(watch(11, frozen), 'o4', 11_000);
    const still = watch(29, frozen, restarted, 12_000);
    expect(still.get('o4')?.restarts).toBe(1);
    expect(toRestart(still, all, 41_000, RULE)).toBeUndefined();
    expect(toRestart(watch(2, frozen, still, 42_000), all, 44_000, RULE)).toBe('o4');
  });

  it('one at a time, the one that lags longest first', () => {
    const first = watch(5, heights(100, 100, 100, 33));
    const both = watch(20, heights(100, 100, 33, 33), first, 6000);
    expect(toRestart(both, all, 26_000, RULE)).toBe('o4');
  });
});
