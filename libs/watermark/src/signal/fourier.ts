import { cosineTable, sineTable } from './trigonometry';

interface Plan {
  readonly reversed: Uint32Array;
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

const plans = new Map<number, Plan>();

function planOf(size: number): Plan {
  const known = plans.get(size);
  if (known !== undefined) return known;
  const reversed = new Uint32Array(size);
  for (let index = 1; index < size; index += 1) {
    reversed[index] = (reversed[index >> 1] >> 1) | ((index & 1) === 0 ? 0 : size >> 1);
  }
  const plan = { reversed, cosines: cosineTable(Math.max(size, 4)), sines: sineTable(Math.max(size, 4)) };
  plans.set(size, plan);
  return plan;
}

/**
 * Discrete Fourier transform in place: X[k] = Σ x[t]·e^(−2πi·kt/n), without scaling. `real.length` is a power of two
 * from 4. Iterative radix 2, the order of operations fixed.
 */
export function fourier(real: Float64Array, imaginary: Float64Array): void {
  transform(real, imaginary, -1);
}

/** Inverse of `fourier`, divided by n. */
export function inverseFourier(real: Float64Array, imaginary: Float64Array): void {
  transform(real, imaginary, 1);
  const scale = 1 / real.length;
  for (let index = 0; index < real.length; index += 1) {
    real[index] *= scale;
    imaginary[index] *= scale;
  }
}

function transform(real: Float64Array, imaginary: Float64Array, sign: 1 | -1): void {
  const size = real.length;
  const { reversed, cosines, sines } = planOf(size);
  for (let index = 0; index < size; index += 1) {
    const other = reversed[index];
    if (other > index) {
      swap(real, index, other);
      swap(imaginary, index, other);
    }
  }
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let offset = 0; offset < half; offset += 1) {
      const cosine = cosines[offset * stride];
      const sine = sign * sines[offset * stride];
      for (let low = offset; low < size; low += 2 * half) {
        const high = low + half;
        const re = real[high] * cosine - imaginary[high] * sine;
        const im = real[high] * sine + imaginary[high] * cosine;
        real[high] = real[low] - re;
        imaginary[high] = imaginary[low] - im;
        real[low] += re;
        imaginary[low] += im;
      }
    }
  }
}

function swap(values: Float64Array, a: number, b: number): void {
  const kept = values[a];
  values[a] = values[b];
  values[b] = kept;
}

/** Two-dimensional transform in place of `height` rows of `width`; both powers of two from 4. */
export function fourier2d(real: Float64Array, imaginary: Float64Array, width: number, height: number): void {
  transform2d(real, imaginary, width, height, fourier);
}

/** Inverse of `fourier2d`. */
export function inverseFourier2d(
  real: Float64Array,
  imaginary: Float64Array,
  width: number,
  height: number,
): void {
  transform2d(real, imaginary, width, height, inverseFourier);
}

function transform2d(
  real: Float64Array,
  imaginary: Float64Array,
  width: number,
  height: number,
  along: (real: Float64Array, imaginary: Float64Array) => void,
): void {
  for (let row = 0; row < height; row += 1) {
    along(real.subarray(row * width, (row + 1) * width), imaginary.subarray(row * width, (row + 1) * width));
  }
  const re = new Float64Array(height);
  const im = new Float64Array(height);
  for (let column = 0; column < width; column += 1) {
    for (let row = 0; row < height; row += 1) {
      re[row] = real[row * width + column];
      im[row] = imaginary[row * width + column];
    }
    along(re, im);
    for (let row = 0; row < height; row += 1) {
      real[row * width + column] = re[row];
      imaginary[row * width + column] = im[row];
    }
  }
}
