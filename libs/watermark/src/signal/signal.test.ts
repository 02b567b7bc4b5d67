import { fourier, fourier2d, inverseFourier, inverseFourier2d } from './fourier';
import { exp2, log2 } from './logarithm';
import { cosineOfTurn, cosineTable, sineOfTurn, sineTable, TURN } from './trigonometry';

describe('circular functions', () => {
  it.each([4, 8, 64, 1024, 65_536])('a table of %d is right to the last places', (size) => {
    const cosines = cosineTable(size);
    const sines = sineTable(size);
    for (let index = 0; index < size; index += 1) {
      expect(Math.abs(cosines[index] - Math.cos((2 * Math.PI * index) / size))).toBeLessThan(1e-15);
      expect(Math.abs(sines[index] - Math.sin((2 * Math.PI * index) / size))).toBeLessThan(1e-15);
      expect(Object.is(cosines[index], -0)).toBe(false);
    }
  });

  it('takes any integer angle', () => {
    expect(cosineOfTurn(-TURN * 3)).toBe(1);
    expect(sineOfTurn(TURN / 4 + TURN)).toBe(1);
    expect(sineOfTurn(-TURN / 4)).toBe(-1);
  });

  it.each([0, 2, 3, 12, 2 ** 25])('refuses a table of %d', (size) => {
    expect(() => cosineTable(size)).toThrow(RangeError);
  });
});

describe('logarithm and power of two', () => {
  it('agree with the engine to fifteen places', () => {
    for (let value = 1e-9; value < 1e9; value *= 1.37) {
      expect(Math.abs(log2(value) - Math.log2(value))).toBeLessThan(1e-14);
      expect(Math.abs(exp2(log2(value)) / value - 1)).toBeLessThan(1e-13);
    }
    expect(log2(1)).toBe(0);
    expect(log2(0.125)).toBe(-3);
    expect(exp2(10)).toBe(1024);
  });

  it.each([0, -1, NaN, Infinity, 1e-310])('has no logarithm of %d', (value) => {
    expect(() => log2(value)).toThrow(RangeError);
  });

  it.each([NaN, 1001, -Infinity])('has no power of %d', (value) => {
    expect(() => exp2(value)).toThrow(RangeError);
  });
});

describe('Fourier transform', () => {
  const size = 64;
  const signal = Float64Array.from({ length: size }, (_, index) => ((index * 37) % 19) - 9);

  it('is the sum that defines it', () => {
    const real = Float64Array.from(signal);
    const imaginary = new Float64Array(size);
    fourier(real, imaginary);
    for (let k = 0; k < size; k += 1) {
      let re = 0;
      let im = 0;
      for (let t = 0; t < size; t += 1) {
        re += signal[t] * Math.cos((2 * Math.PI * k * t) / size);
        im -= signal[t] * Math.sin((2 * Math.PI * k * t) / size);
      }
      expect(real[k]).toBeCloseTo(re, 10);
      expect(imaginary[k]).toBeCloseTo(im, 10);
    }
  });

  it('comes back, in one dimension and two', () => {
    const real = Float64Array.from(signal);
    const imaginary = signal.map((value) => value / 3);
    fourier(real, imaginary);
    inverseFourier(real, imaginary);
    fourier2d(real, imaginary, 16, 4);
    inverseFourier2d(real, imaginary, 16, 4);
    for (let index = 0; index < size; index += 1) {
      expect(real[index]).toBeCloseTo(signal[index], 10);
      expect(imaginary[index]).toBeCloseTo(signal[index] / 3, 10);
    }
  });

  it('of a plane wave is one peak', () => {
    const real = Float64Array.from({ length: 64 }, (_, index) =>
      Math.cos((2 * Math.PI * (3 * (index % 16))) / 16 + (2 * Math.PI * Math.floor(index / 16)) / 4),
    );
    const imaginary = new Float64Array(64);
    fourier2d(real, imaginary, 16, 4);
    expect(real[16 + 3]).toBeCloseTo(32, 9);
    expect(real.reduce((sum, value) => sum + Math.abs(value), 0)).toBeCloseTo(64, 6);
  });
});
