import fc from 'fast-check';
import { PolarCode } from './polar-code';
import { polarOrder } from './polar-order';

const bits = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ min: 0, max: 1, minLength: length, maxLength: length, size: 'max' });

function softOf(word: Uint8Array): Float64Array {
  return Float64Array.from(word, (bit) => (bit === 0 ? 1 : -1));
}

/** A linear congruential generator: the tests need the same noise everywhere. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Roughly normal: the sum of twelve uniform values. */
function normal(next: () => number): number {
  let sum = -6;
  for (let term = 0; term < 12; term += 1) sum += next();
  return sum;
}

describe('polar order', () => {
  it('is the textbook one for eight inputs', () => {
    expect(Array.from(polarOrder(8))).toEqual([0, 1, 2, 4, 3, 5, 6, 7]);
  });
});

describe('polar code', () => {
  it('encodes by the butterflies of F', () => {
    // u = (0,0,0,1,0,1,1,1) carries 4 bits on inputs 3, 5, 6, 7.
    const code = new PolarCode(8, 4);
    expect(Array.from(code.encode(Uint8Array.of(1, 0, 0, 0)))).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(Array.from(code.encode(Uint8Array.of(0, 0, 0, 1)))).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('is linear', () => {
    const code = new PolarCode(128, 40);
    fc.assert(
      fc.property(bits(40), bits(40), (a, b) => {
        const sum = code.encode(a.map((bit, index) => bit ^ b[index]));
        expect(sum).toEqual(code.encode(a).map((bit, index) => bit ^ code.encode(b)[index]));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [64, 33],
    [256, 80],
    [512, 80],
    [1024, 144],
  ])('gives the message back: length %d, %d bits', (length, size) => {
    const code = new PolarCode(length, size);
    fc.assert(
      fc.property(bits(size), (message) => {
        expect(code.decode(softOf(code.encode(message)), 4)[0]).toEqual(message);
      }),
      { numRuns: 20 },
    );
  });

  it('corrects a fifth of wrong bits at rate 5/32', () => {
    const code = new PolarCode(512, 80);
    const next = noise(7);
    let right = 0;
    for (let trial = 0; trial < 40; trial += 1) {
      const message = Uint8Array.from({ length: 80 }, () => (next() < 0.5 ? 0 : 1));
      const soft = softOf(code.encode(message)).map((value) => (next() < 0.2 ? -value : value));
      const found = code
        .decode(soft, 16)
        .some((candidate) => candidate.every((bit, at) => bit === message[at]));
      right += found ? 1 : 0;
    }
    expect(right).toBeGreaterThanOrEqual(38);
  });

  it('uses how sure a soft value is: noise of −2 dB at rate 5/32', () => {
    const code = new PolarCode(512, 80);
    const next = noise(11);
    let right = 0;
    for (let trial = 0; trial < 40; trial += 1) {
      const message = Uint8Array.from({ length: 80 }, () => (next() < 0.5 ? 0 : 1));
      const soft = softOf(code.encode(message)).map((value) => value + 1.26 * normal(next));
      const found = code
        .decode(soft, 16)
        .some((candidate) => candidate.every((bit, at) => bit === message[at]));
      right += found ? 1 : 0;
    }
    expect(right).toBeGreaterThanOrEqual(38);
  });

  it('gives the same list whatever the unit of the soft values', () => {
    const code = new PolarCode(256, 80);
    const next = noise(3);
    const soft = Float64Array.from({ length: 256 }, () => normal(next));
    expect(
      code.decode(
        soft.map((value) => value * 8),
        8,
      ),
    ).toEqual(code.decode(soft, 8));
  });

  it('finds with a list as long as all messages the nearest code word', () => {
    const code = new PolarCode(16, 5);
    const all = Array.from({ length: 32 }, (_, value) =>
      Uint8Array.from({ length: 5 }, (__, at) => (value >> at) & 1),
    );
    const next = noise(5);
    for (let trial = 0; trial < 200; trial += 1) {
      const soft = Float64Array.from({ length: 16 }, () => normal(next));
      const score = (message: Uint8Array): number =>
        code.encode(message).reduce((sum, bit, at) => sum + (bit === 0 ? soft[at] : -soft[at]), 0);
      const best = Math.max(...all.map(score));
      const candidates = code.decode(soft, 32);
      expect(candidates).toHaveLength(32);
      // Min-sum overstates what it is sure of, so the best one need not come first; it is in the list.
      expect(Math.max(...candidates.map(score))).toBeCloseTo(best, 9);
    }
  });

  it.each([
    [3, 1],
    [1, 1],
    [8192, 10],
    [8, 0],
    [8, 9],
    [8, 1.5],
  ])('is not made with length %d and %d bits', (length, size) => {
    expect(() => new PolarCode(length, size)).toThrow(RangeError);
  });

  it('refuses other numbers of bits, soft values and paths', () => {
    const code = new PolarCode(8, 4);
    expect(() => code.encode(new Uint8Array(3))).toThrow(RangeError);
    expect(() => code.decode(new Float64Array(7), 4)).toThrow(RangeError);
    expect(() => code.decode(Float64Array.of(1, 1, 1, NaN, 1, 1, 1, 1), 4)).toThrow(RangeError);
    expect(() => code.decode(new Float64Array(8), 0)).toThrow(RangeError);
    expect(() => code.decode(new Float64Array(8), 65)).toThrow(RangeError);
  });
});
