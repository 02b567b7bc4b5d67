import * as fc from 'fast-check';
import { CANONICAL_AREA, canonicalSize, resample } from './canonical-frame';

const side = fc.integer({ min: 1, max: 40 });

describe('the canonical frame', () => {
  it('has its area and the shape of the image', () => {
    fc.assert(
      fc.property(fc.integer({ min: 48, max: 9000 }), fc.integer({ min: 48, max: 9000 }), (width, height) => {
        fc.pre(Math.max(width, height) <= 16 * Math.min(width, height));
        const frame = canonicalSize(width, height);
        expect(Math.abs(frame.width * frame.height - CANONICAL_AREA)).toBeLessThan(
          frame.width + frame.height,
        );
        expect(frame.width / frame.height / (width / height)).toBeCloseTo(1, 1);
      }),
    );
  });

  it('never has no pixels', () => {
    expect(canonicalSize(1, 16_383).width).toBe(4);
    expect(canonicalSize(1, 50_000_000).width).toBe(1);
  });

  it('keeps an even plane even, in every size', () => {
    fc.assert(
      fc.property(side, side, side, side, (width, height, toWidth, toHeight) => {
        const even = new Uint8Array(width * height).fill(77);
        const { samples } = resample(even, { width, height }, { width: toWidth, height: toHeight });
        expect(samples).toHaveLength(toWidth * toHeight);
        for (const value of samples) expect(value).toBeCloseTo(77, 3);
      }),
    );
  });

  it('changes nothing in the same size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 60 }), (values) => {
        const { samples } = resample(values, { width: 10, height: 6 }, { width: 10, height: 6 });
        expect([...samples]).toEqual([...values]);
      }),
    );
  });

  it('halves by weights 1, 3, 3, 1', () => {
    const { samples } = resample(
      Uint8Array.from([0, 0, 0, 80, 0, 0, 0, 0]),
      { width: 8, height: 1 },
      { width: 4, height: 1 },
    );
    expect([...samples]).toEqual([0, 30, 10, 0]);
  });
});
