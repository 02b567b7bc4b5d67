import { fourier } from '../signal/fourier';
import { cosineTable } from '../signal/trigonometry';
import { log2 } from '../signal/logarithm';

/** Energy added to every spectral line: that of rounding to 16 bits, so that digital silence has a logarithm. */
const FLOOR = 1e-9;

/**
 * Streaming spectra of one or two channels: for each frame the running sums over the lines of log2 of their energy
 * (left and right added), so that any band's mean is a difference.
 */
export class SpectrumFrames {
  readonly #size: number;
  readonly #hop: number;
  readonly #window: Float64Array;
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  #filled = 0;
  /** Running sums of each frame, `size / 2 + 1` values. */
  readonly frames: Float64Array[] = [];

  constructor(size: number, hop: number) {
    this.#size = size;
    this.#hop = hop;
    const cosines = cosineTable(size);
    this.#window = Float64Array.from(
      { length: size },
      (_, index) => (0.5 - 0.5 * cosines[index]) / (size / 4),
    );
    this.#left = new Float64Array(size);
    this.#right = new Float64Array(size);
    this.#real = new Float64Array(size);
    this.#imaginary = new Float64Array(size);
  }

  push(left: Float64Array, right: Float64Array): void {
    let at = 0;
    while (at < left.length) {
      const take = Math.min(this.#size - this.#filled, left.length - at);
      this.#left.set(left.subarray(at, at + take), this.#filled);
      this.#right.set(right.subarray(at, at + take), this.#filled);
      this.#filled += take;
      at += take;
      if (this.#filled < this.#size) return;
      this.frames.push(this.#sums());
      this.#left.copyWithin(0, this.#hop);
      this.#right.copyWithin(0, this.#hop);
      this.#filled -= this.#hop;
    }
  }

  #sums(): Float64Array {
    const size = this.#size;
    const real = this.#real;
    const imaginary = this.#imaginary;
    for (let index = 0; index < size; index += 1) {
      real[index] = this.#left[index] * this.#window[index];
      imaginary[index] = this.#right[index] * this.#window[index];
    }
    fourier(real, imaginary);
    const half = size / 2;
    const sums = new Float64Array(half + 1);
    for (let line = 1; line < half; line += 1) {
      const other = size - line;
      // |L|² + |R|² of the two real signals that went through one complex transform.
      const energy =
        (real[line] * real[line] +
          imaginary[line] * imaginary[line] +
          real[other] * real[other] +
          imaginary[other] * imaginary[other]) /
        2;
      sums[line] = sums[line - 1] + log2(energy + FLOOR);
    }
    sums[half] = sums[half - 1];
    return sums;
  }
}
