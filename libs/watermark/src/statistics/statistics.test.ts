import fc from 'fast-check';
import { binomialTail } from './binomial-tail';
import { atMost, decimalOf, log10Of, probabilityOf, timesHypotheses } from './probability';

describe('binomial tail', () => {
  // Bits that must match for a chance of 1e-3, 1e-6 and 1e-9, counted independently.
  it.each([
    [32, 26, 30, 32],
    [64, 45, 51, 56],
    [100, 66, 74, 80],
    [128, 82, 92, 98],
    [256, 154, 167, 176],
  ])('gives the known thresholds of %d bits', (trials, ...thresholds) => {
    for (const [index, matches] of thresholds.entries()) {
      const limit = { numerator: 1n, denominator: 10n ** BigInt(3 * (index + 1)) };
      expect(atMost(binomialTail(trials, matches), limit)).toBe(true);
      expect(atMost(binomialTail(trials, matches - 1), limit)).toBe(false);
    }
  });

  it('is exact where the normal tail is not: γ = 1/4, 200 tokens, 75 green', () => {
    expect(decimalOf(binomialTail(200, 75, 1n, 4n)).slice(0, 9)).toBe('0.0000615');
    expect(decimalOf(binomialTail(100, 43, 1n, 4n)).slice(0, 9)).toBe('0.0000642');
  });

  it('adds up: P(X ≥ k) − P(X ≥ k + 1) is the term of k', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 7 }), (trials, part) => {
        let sum = 0n;
        for (let k = 0; k <= trials; k += 1) {
          const above = binomialTail(trials, k + 1, BigInt(part), 8n).numerator;
          const here = binomialTail(trials, k, BigInt(part), 8n);
          const scaled = k === 0 ? 8n ** BigInt(trials) : here.numerator;
          sum += scaled - above;
        }
        expect(sum).toBe(8n ** BigInt(trials));
      }),
      { numRuns: 30 },
    );
  });

  it('is one for no match and zero beyond all', () => {
    expect(binomialTail(10, 0)).toEqual({ numerator: 1n, denominator: 1n });
    expect(binomialTail(10, 11).numerator).toBe(0n);
    expect(binomialTail(5, 1, 0n, 2n).numerator).toBe(0n);
  });

  it.each([
    [-1, 0],
    [1.5, 1],
    [70_000, 1],
    [10, NaN],
  ])('refuses %d trials with %d matches', (trials, matches) => {
    expect(() => binomialTail(trials, matches)).toThrow(RangeError);
  });

  it('refuses a chance outside 0 to 1', () => {
    expect(() => binomialTail(4, 2, 3n, 2n)).toThrow(RangeError);
    expect(() => binomialTail(4, 2, -1n, 2n)).toThrow(RangeError);
    expect(() => binomialTail(4, 2, 0n, 0n)).toThrow(RangeError);
  });
});

describe('probability', () => {
  it.each([
    [1n, 1n, '1', 0],
    [1n, 2n, '0.5', -0.3],
    [1n, 1_000_000n, '0.000001', -6],
    [1n, 3n, '0.3333333333333333333333333333333333333334', -0.47],
    [1n, 10n ** 60n, '0.0000000000000000000000000000000000000001', -60],
    [999n, 1000n, '0.999', 0],
    [1n, 2n ** 4000n, '0.0000000000000000000000000000000000000001', -1204.11],
  ])('%d/%d reads %s, log10 %d', (numerator, denominator, decimal, logarithm) => {
    expect(decimalOf({ numerator, denominator })).toBe(decimal);
    expect(log10Of({ numerator, denominator })).toBe(logarithm);
  });

  it('never understates', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 50n }),
        fc.bigInt({ min: 1n, max: 10n ** 50n }),
        (a, b) => {
          const p = a < b ? { numerator: a, denominator: b } : { numerator: b, denominator: a };
          expect(atMost(p, probabilityOf(decimalOf(p)))).toBe(true);
          const log = log10Of(p);
          expect(log).toBeGreaterThanOrEqual(
            Math.log10(Number(p.numerator)) - Math.log10(Number(p.denominator)) - 1e-9,
          );
          expect(log).toBeLessThan(
            Math.log10(Number(p.numerator)) - Math.log10(Number(p.denominator)) + 0.0101,
          );
        },
      ),
    );
  });

  it('has no logarithm of nothing', () => {
    expect(() => log10Of({ numerator: 0n, denominator: 1n })).toThrow(RangeError);
  });

  it('is at most one after any number of hypotheses', () => {
    expect(timesHypotheses({ numerator: 1n, denominator: 8n }, 8n)).toEqual({
      numerator: 1n,
      denominator: 1n,
    });
    expect(timesHypotheses({ numerator: 1n, denominator: 8n }, 3n)).toEqual({
      numerator: 3n,
      denominator: 8n,
    });
  });
});
