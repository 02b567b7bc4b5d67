import * as fc from 'fast-check';
import { boxMean } from './box-filter';
import { type Plane } from './plane';

/** The definition: every pixel of the square that is inside, added up. */
function naive({ samples, width, height }: Plane, radius: number, x: number, y: number): number {
  let sum = 0;
  let count = 0;
  for (let row = Math.max(0, y - radius); row <= Math.min(height - 1, y + radius); row += 1) {
    for (let column = Math.max(0, x - radius); column <= Math.min(width - 1, x + radius); column += 1) {
      sum += samples[row * width + column];
      count += 1;
    }
  }
  return sum / count;
}

describe('boxMean', () => {
  it('is the mean over the part of the square inside, for any size and radius', () => {
    const sizes = fc.record({
      width: fc.integer({ min: 1, max: 12 }),
      height: fc.integer({ min: 1, max: 12 }),
      radius: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(
        sizes,
        fc.uint8Array({ minLength: 144, maxLength: 144 }),
        ({ width, height, radius }, values) => {
          const plane = { samples: Float32Array.from(values.subarray(0, width * height)), width, height };
          const mean = boxMean(plane, radius);
          for (let at = 0; at < width * height; at += 1) {
            const expected = naive(plane, radius, at % width, Math.floor(at / width));
            expect(mean.samples[at]).toBeCloseTo(expected, 3);
          }
        },
      ),
    );
  });
});
