/**
 * Where tile coordinates x lie in the canonical frame y of the image at hand: y = center + M·x with M = (a b; c d).
 * Columns to the right, rows downwards; the center is the whole pixel (width >> 1, height >> 1), so that nothing is interpolated
 * where the content was not moved.
 */
export interface Geometry {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

export const UPRIGHT: Geometry = { a: 1, b: 0, c: 0, d: 1 };

export function inverse({ a, b, c, d }: Geometry): Geometry {
  const determinant = a * d - b * c;
  return { a: d / determinant, b: -b / determinant, c: -c / determinant, d: a / determinant };
}

/** Where frequencies of the tile stand in the frame, for a geometry of quarter turns and mirror images. */
export function turnedCarriers<
  Frequencies extends { readonly across: Int32Array; readonly down: Int32Array },
>(carriers: Frequencies, { a, b, c, d }: Geometry): Frequencies {
  return {
    ...carriers,
    across: carriers.across.map((across, index) => a * across + b * carriers.down[index]),
    down: carriers.across.map((across, index) => c * across + d * carriers.down[index]),
  };
}
