import * as fc from 'fast-check';
import { Resampler } from './resampler';

function resampled(samples: Float64Array, from: number, to: number, portion = samples.length): Float64Array {
  const resampler = new Resampler(from, to);
  const parts: Float64Array[] = [];
  for (let at = 0; at < samples.length; at += portion) {
    parts.push(resampler.push(samples.subarray(at, at + portion)).slice());
  }
  parts.push(resampler.end().slice());
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

function tone(hertz: number, rate: number, seconds: number): Float64Array {
  return Float64Array.from({ length: Math.round(rate * seconds) }, (_, index) =>
    Math.sin((2 * Math.PI * hertz * index) / rate),
  );
}

function loudest(samples: Float64Array): number {
  return samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

const RATES = fc.constantFrom(8000, 11_025, 16_000, 22_050, 44_100, 48_000);

describe('the resampler', () => {
  it('gives the same bits in portions of any size', () => {
    fc.assert(
      fc.property(RATES, fc.integer({ min: 1, max: 900 }), (rate, portion) => {
        const samples = Float64Array.from({ length: 1500 }, (_, index) => ((index * 7919) % 2001) / 1000 - 1);
        expect(resampled(samples, rate, 16_000, portion)).toEqual(resampled(samples, rate, 16_000));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    [44_100, 440],
    [48_000, 3000],
    [22_050, 6000],
    [16_000, 6000],
    [8000, 3000],
  ])('keeps from %d Hz a tone of %d Hz at its place and strength', (rate, hertz) => {
    const result = resampled(tone(hertz, rate, 0.2), rate, 16_000);
    const wanted = tone(hertz, 16_000, 0.2);
    // Away from the ends, where silence follows.
    const error = wanted.map((value, index) => value - result[index]).subarray(400, wanted.length - 400);
    expect(loudest(error)).toBeLessThan(0.01);
  });

  it.each([
    [44_100, 10_000],
    [48_000, 20_000],
    [22_050, 9500],
  ])('lets from %d Hz no tone of %d Hz through, which would come back as another', (rate, hertz) => {
    const result = resampled(tone(hertz, rate, 0.2), rate, 16_000);
    expect(loudest(result.subarray(400, 2800))).toBeLessThan(0.01);
  });

  it('gives at least as much as the input lasts, and nothing of silence', () => {
    fc.assert(
      fc.property(RATES, fc.integer({ min: 1, max: 3000 }), (rate, length) => {
        const result = resampled(new Float64Array(length), rate, 16_000);
        expect(result.length).toBeGreaterThanOrEqual(Math.floor((length * 16_000) / rate));
        expect(result.every((value) => value === 0)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
