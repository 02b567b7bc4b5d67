import fc from 'fast-check';
import {
  type Health,
  type Rule,
  type Sighting,
  assess,
  countRestart,
  referenceHeight,
  toRestart,
} from './decision';

const RULE: Rule = { maxLagBlocks: 5, maxLagMs: 10_000, graceMs: 30_000 };
const NAMES = ['o1', 'o2', 'o3', 'o4'];
type Seen = Map<string, Sighting>;

const heights = (...values: (number | undefined)[]): Seen =>
  new Map(values.map((height, index) => [NAMES[index] ?? '', { height, process: 'first' }]));
const withProcess = (seen: Seen, name: string, process: string | undefined): Seen =>
  new Map(seen).set(name, { height: seen.get(name)?.height, process });

/** Polls once a second with the same sightings. */
function watch(seconds: number, seen: Seen, before: Health = new Map(), from = 0): Health {
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

  it('is never above what the honest ones reached, whatever one says', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), fc.nat(10_000), fc.nat(), (a, b, c, lie) => {
        expect(referenceHeight(heights(lie, a, b, c))).toBeLessThanOrEqual(Math.max(a, b, c));
      }),
    );
  });
});

describe('when a node is restarted', () => {
  const frozen = heights(100, 100, 100, 33);
  const silent = heights(100, 100, 100, undefined);

  it('not before it has lagged for long enough', () => {
    expect(toRestart(watch(10, frozen), 10_000, RULE)).toBeUndefined();
    expect(toRestart(watch(11, frozen), 11_000, RULE)).toBe('o4');
  });

  it('not when it lags within the limit and goes on', () => {
    let health: Health = new Map();
    for (let second = 0; second <= 60; second += 1)
      health = assess(health, heights(second + 5, second + 5, second + 5, second + 1), second * 1000, RULE);
    expect(toRestart(health, 60_000, RULE)).toBeUndefined();
  });

  it('when it stands still even one block behind', () => {
    const stuck = heights(100, 100, 100, 99);
    expect(toRestart(watch(10, stuck), 10_000, RULE)).toBeUndefined();
    expect(toRestart(watch(12, stuck), 12_000, RULE)).toBe('o4');
  });

  it('not when it caught up in between', () => {
    const caughtUp = watch(1, heights(100, 100, 100, 100), watch(9, frozen), 10_000);
    expect(toRestart(watch(5, frozen, caughtUp, 12_000), 17_000, RULE)).toBeUndefined();
  });

  it('when it runs but answers nothing', () => {
    expect(toRestart(watch(11, silent), 11_000, RULE)).toBe('o4');
  });

  it('not when its process is not there: somebody stopped it', () => {
    expect(toRestart(watch(60, withProcess(silent, 'o4', undefined)), 60_000, RULE)).toBeUndefined();
  });

  it('not when somebody has just started it after it was away for long', () => {
    const away = watch(60, withProcess(silent, 'o4', undefined));
    const back = watch(29, withProcess(frozen, 'o4', 'second'), away, 61_000);
    expect(toRestart(back, 90_000, RULE)).toBeUndefined();
    expect(toRestart(watch(2, withProcess(frozen, 'o4', 'second'), back, 91_000), 93_000, RULE)).toBe('o4');
  });

  it('not again within the grace time of its own restart', () => {
    const restarted = countRestart(watch(11, frozen), 'o4');
    const still = watch(29, withProcess(frozen, 'o4', 'second'), restarted, 12_000);
    expect(still.get('o4')?.restarts).toBe(1);
    expect(toRestart(still, 41_000, RULE)).toBeUndefined();
    expect(toRestart(watch(2, withProcess(frozen, 'o4', 'second'), still, 42_000), 44_000, RULE)).toBe('o4');
  });

  it('one at a time, the one that lags longest first', () => {
    const first = watch(5, heights(100, 100, 100, 33));
    const both = watch(20, heights(100, 100, 33, 33), first, 6000);
    expect(toRestart(both, 26_000, RULE)).toBe('o4');
  });
});
