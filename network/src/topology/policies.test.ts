import { countFor } from './policies';

describe('how many must sign', () => {
  it.each([
    ['majority', 1, 1],
    ['majority', 3, 2],
    ['majority', 4, 3],
    ['majority', 7, 4],
    ['all', 4, 4],
    [3, 4, 3],
  ])('%s of %d is %d', (rule, size, count) => {
    expect(countFor(rule, 'f:rule', size)).toBe(count);
  });

  it.each([2, 1])('refuses %d of 4, which two disjoint groups could both reach', (rule) => {
    expect(() => countFor(rule, 'f:rule', 4)).toThrow('no majority');
  });

  it.each([0, 5, 2.5, 'most', null])('refuses %j', (rule) => {
    expect(() => countFor(rule, 'f:rule', 4)).toThrow('f:rule');
  });
});
