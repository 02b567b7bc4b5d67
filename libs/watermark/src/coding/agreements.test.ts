import { agreements } from './agreements';

describe('agreements with a code word', () => {
  const word = Uint8Array.from([0, 1, 0, 1, 0, 1]);

  it('are signs, whatever the size', () => {
    expect(agreements(Float64Array.from([1e-300, -9, 5, -Infinity, 2, -1]), word)).toBe(6);
    expect(agreements(Float64Array.from([-1, 1, -1, 1, -1, 1]), word)).toBe(0);
  });

  it('are not where a value says nothing', () => {
    expect(agreements(Float64Array.from([0, 0, -0, -0, NaN, NaN]), word)).toBe(0);
  });

  it('are counted at the given places only', () => {
    const soft = Float64Array.from([1, 1, 1, -1, -1, -1]);
    expect(agreements(soft, word)).toBe(4);
    expect(agreements(soft, word, [0, 1, 5])).toBe(2);
    expect(agreements(soft, word, [])).toBe(0);
  });
});
