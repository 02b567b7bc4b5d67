import * as fc from 'fast-check';
import { SegmentalSnr } from './segmental-snr';

/** Forty samples are a segment. */
const RATE = 1600;
const SEGMENT = 40;

function filled(segments: readonly number[]): Float64Array {
  return Float64Array.from(
    { length: segments.length * SEGMENT },
    (_, index) => segments[Math.floor(index / SEGMENT)],
  );
}

function measured(
  before: readonly Float64Array[],
  after: readonly Float64Array[],
  portion = 1000,
): ReturnType<SegmentalSnr['result']> {
  const snr = new SegmentalSnr(RATE);
  for (let at = 0; at < before[0].length; at += portion) {
    const part = (channel: Float64Array): Float64Array => channel.subarray(at, at + portion);
    snr.push(before.map(part), after.map(part));
  }
  return snr.result();
}

describe('segmental signal-to-noise ratio', () => {
  it('is the mean of the decibels of segments, not the decibels of the whole', () => {
    const before = filled([0.5, 0.5]);
    // Changes of a tenth and of a hundredth: 20 and 40 dB, the latter held at 35.
    const after = Float64Array.from(before, (value, index) => value * (index < SEGMENT ? 1.1 : 1.01));
    const { segmental, overall } = measured([before], [after]);
    expect(segmental).toBeCloseTo(27.5, 6);
    expect(overall).toBeCloseTo(-10 * Math.log10((0.01 + 0.0001) / 2), 6);
  });

  it('holds each segment at −10 dB and leaves out those at −60 dB of full scale and below', () => {
    const before = filled([0.001, 0.1]);
    const after = filled([0.9, 0.6]);
    expect(measured([before], [after]).segmental).toBe(-10);
    expect(measured([filled([0.001])], [filled([0.9])]).segmental).toBe(35);
    expect(measured([filled([0.0011])], [filled([0.0011])]).segmental).toBe(35);
    expect(measured([filled([0.0011])], [filled([0.9])]).segmental).toBe(-10);
  });

  it('counts all channels together', () => {
    const { segmental } = measured([filled([0.5]), filled([0.5])], [filled([0.55]), filled([0.5])]);
    expect(segmental).toBeCloseTo(20 + 10 * Math.log10(2), 6);
  });

  it('is the same in portions of any size and at any loudness that counts', () => {
    const levels = fc.array(fc.double({ min: 0.02, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(levels, fc.integer({ min: 1, max: 90 }), (segments, portion) => {
        const before = filled(segments);
        const after = before.map((value, index) => value + ((index * 37) % 11) / 500);
        const whole = measured([before], [after]);
        expect(measured([before], [after], portion)).toEqual(whole);
        const half = (samples: Float64Array): Float64Array => samples.map((value) => value / 2);
        expect(measured([half(before)], [half(after)]).segmental).toBeCloseTo(whole.segmental, 9);
      }),
      { numRuns: 40 },
    );
  });
});
