import * as fc from 'fast-check';
import { meanSquareError, similarity } from './quality';

const SIZE = { width: 11, height: 9 };
const image = fc.uint8Array({ minLength: 99, maxLength: 99 });

/** The definition for one window. */
function window(a: Uint8Array, b: Uint8Array, left: number, top: number): number {
  const places = Array.from(
    { length: 49 },
    (_, index) => (top + Math.floor(index / 7)) * 11 + left + (index % 7),
  );
  const mean = (values: Uint8Array): number => places.reduce((sum, at) => sum + values[at], 0) / 49;
  const [ma, mb] = [mean(a), mean(b)];
  const together = (x: Uint8Array, mx: number, y: Uint8Array, my: number): number =>
    places.reduce((sum, at) => sum + (x[at] - mx) * (y[at] - my), 0) / 48;
  const variances = together(a, ma, a, ma) + together(b, mb, b, mb);
  const above = (2 * ma * mb + 6.5025) * (2 * together(a, ma, b, mb) + 58.5225);
  return above / ((ma * ma + mb * mb + 6.5025) * (variances + 58.5225));
}

describe('structural similarity', () => {
  it('is the mean of its windows', () => {
    fc.assert(
      fc.property(image, image, (a, b) => {
        let sum = 0;
        for (let top = 0; top < 3; top += 1) {
          for (let left = 0; left < 5; left += 1) sum += window(a, b, left, top);
        }
        expect(similarity(a, b, SIZE)).toBeCloseTo(sum / 15, 9);
      }),
    );
  });

  it('is 1 of an image and itself, less of anything else, and the same both ways', () => {
    fc.assert(
      fc.property(image, image, (a, b) => {
        expect(similarity(a, a, SIZE)).toBe(1);
        expect(similarity(a, b, SIZE)).toBeLessThanOrEqual(1);
        expect(similarity(b, a, SIZE)).toBeCloseTo(similarity(a, b, SIZE), 12);
      }),
    );
  });

  it('of several channels is the mean of them', () => {
    fc.assert(
      fc.property(image, image, (a, b) => {
        const pair = (one: Uint8Array, other: Uint8Array): Uint8Array =>
          Uint8Array.from({ length: 198 }, (_, index) => (index % 2 === 0 ? one : other)[index >> 1]);
        const both = similarity(pair(a, b), pair(b, b), SIZE, 2);
        expect(both).toBeCloseTo((similarity(a, b, SIZE) + 1) / 2, 12);
      }),
    );
  });

  it('refuses what is smaller than a window', () => {
    expect(() => similarity(new Uint8Array(60), new Uint8Array(60), { width: 10, height: 6 })).toThrow(
      RangeError,
    );
  });
});

it('the mean square error is that of all samples', () => {
  expect(meanSquareError(Uint8Array.from([1, 2, 3]), Uint8Array.from([1, 4, 0]))).toBeCloseTo(13 / 3, 12);
});
