import fc from 'fast-check';
import { floatFormatOf } from './float-format';

function formatOf(dtype: string) {
  return floatFormatOf(dtype)!;
}

function decoded(dtype: string, words: readonly number[]): number[] {
  const values = new Float32Array(words.length);
  formatOf(dtype).decode(new Uint8Array(Uint16Array.from(words).buffer), values);
  return [...values];
}

function encoded(dtype: string, value: number, dither: number, before = 0): number {
  const format = formatOf(dtype);
  const raw = new Uint8Array(Uint16Array.from([0, before]).buffer);
  format.encode(raw, 1, value, dither);
  return new Uint16Array(raw.buffer)[1];
}

describe('float formats', () => {
  it('read halves as IEEE 754 says', () => {
    expect(decoded('F16', [0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x3555])).toEqual([
      1, -2, 65504, 5.960464477539063e-8, 6.097555160522461e-5, 6.103515625e-5, 0.333251953125,
    ]);
    expect(decoded('F16', [0x7c00, 0xfc00, 0x7e00])).toEqual([Infinity, -Infinity, NaN]);
  });

  it('read bfloat16 as the upper half of a single', () => {
    expect(decoded('BF16', [0x3f80, 0xc000, 0x7f80, 0x0001])).toEqual([
      1,
      -2,
      Infinity,
      9.183549615799121e-41,
    ]);
  });

  it.each(['F16', 'BF16'])('%s: what was read is written back unchanged, whatever the dither', (dtype) => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.double({ min: 0, max: 0.999, noNaN: true }), (word, dither) => {
        const [value] = decoded(dtype, [word]);
        if (!Number.isFinite(value)) return;
        expect(encoded(dtype, value, dither)).toBe(word);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['F16', 'BF16'])(
    '%s: rounds to one of both neighbours, up as often as the value is near the upper',
    (dtype) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0x0001, max: 0x7000 }),
          fc.integer({ min: 1, max: 99 }),
          (word, percent) => {
            const [lower, upper] = decoded(dtype, [word, word + 1]);
            const value = lower + ((upper - lower) * percent) / 100;
            expect(encoded(dtype, value, percent / 100 - 0.006)).toBe(word + 1);
            expect(encoded(dtype, value, percent / 100 + 0.006)).toBe(word);
            expect(encoded(dtype, -value, percent / 100 + 0.006)).toBe(word | 0x8000);
          },
        ),
        { numRuns: 1000 },
      );
    },
  );

  it('leave alone what would become infinite', () => {
    expect(encoded('F16', 65519, 0, 0x7bff)).toBe(0x7bff);
    expect(encoded('F16', 1e9, 0, 0x7bff)).toBe(0x7bff);
    expect(encoded('BF16', 3.4e38, 0, 0x7f7f)).toBe(0x7f7f);
    const raw = new Uint8Array(Float32Array.from([1]).buffer);
    formatOf('F32').encode(raw, 0, 1e39, 0);
    expect(new Float32Array(raw.buffer)[0]).toBe(1);
  });

  it('write singles rounded to nearest', () => {
    const raw = new Uint8Array(8);
    formatOf('F32').encode(raw, 1, -0.1, 0.9);
    const values = new Float32Array(2);
    formatOf('F32').decode(raw, values);
    expect([...values]).toEqual([0, Math.fround(-0.1)]);
  });

  it('are the three that carry marks', () => {
    for (const dtype of ['F64', 'I8', 'F8_E4M3', 'constructor', ''])
      expect(floatFormatOf(dtype)).toBeUndefined();
  });
});
