import { matchesNeeded, mean, median, wilson } from './statistics';

describe('the Wilson interval', () => {
  // Newcombe 1998, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i lies within the published bounds', (successes, trials, low, high) => {
    const interval = wilson(successes, trials);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('is not a point where all or none succeeded', () => {
    expect(wilson(48, 48).high).toBe(1);
    expect(wilson(48, 48).low).toBeCloseTo(0.926, 3);
    expect(wilson(0, 48).low).toBe(0);
  });

  it('of no trials is everything', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe('bits that must agree', () => {
  it.each([
    [16, 1e-3, 15],
    [32, 1e-3, 26],
    [32, 1e-6, 30],
    [32, 1e-9, 32],
    [64, 1e-6, 51],
    [100, 1e-6, 74],
    [256, 1e-9, 176],
  ])('of %i for a rate of %f are %i', (bits, rate, needed) => {
    expect(matchesNeeded(bits, rate)).toBe(needed);
  });

  it('are more than there are where even all do not do', () => {
    expect(matchesNeeded(16, 1e-6)).toBe(17);
  });
});

describe('mean and median', () => {
  it('take the middle of both kinds of lists', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(mean([1, 2, 6])).toBe(3);
  });

  it('of nothing are no numbers', () => {
    expect(median([])).toBeNaN();
    expect(mean([])).toBeNaN();
  });
});
