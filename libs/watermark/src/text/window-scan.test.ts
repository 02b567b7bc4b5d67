import fc from 'fast-check';
import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { binomialTail } from '../statistics/binomial-tail';
import { log10Of } from '../statistics/probability';
import { BinomialSurprise } from './binomial-surprise';
import { readNgrams } from './token-ngrams';
import { TokenPrf } from './token-prf';
import { countWindows, windowsOf, type WindowPlan } from './token-windows';
import { MAX_PLACES, scanWindows, separatePlaces, windowProbability } from './window-scan';

const PLAN: WindowPlan = { lengths: [10, 25, 60], stride_divisor: 4, longest_whole: 200 };
const CHANCE = { numerator: 1, denominator: 4 };
const KEY = new WatermarkKey(new Uint8Array(32).fill(2));

function ngramsOf(tokens: readonly number[], width: number): ReturnType<typeof readNgrams> {
  return readNgrams(Uint32Array.from(tokens), width, new TokenPrf(KEY, 'test', width));
}

describe('n-grams', () => {
  it('know where the same one stood before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }),
        fc.integer({ min: 2, max: 5 }),
        (tokens, width) => {
          const { count, previous } = ngramsOf(tokens, width);
          expect(count).toBe(Math.max(0, tokens.length - width + 1));
          const names = Array.from({ length: count }, (_, index) =>
            tokens.slice(index, index + width).join(),
          );
          expect(Array.from(previous)).toEqual(
            names.map((name, index) => (index === 0 ? -1 : names.lastIndexOf(name, index - 1))),
          );
        },
      ),
    );
  });

  it('have the same value wherever they stand, and another under another key', () => {
    const { values } = ngramsOf([7, 8, 9, 1, 7, 8, 9], 3);
    expect(values[4]).toBe(values[0]);
    const other = new TokenPrf(new WatermarkKey(new Uint8Array(32).fill(1)), 'test', 3);
    expect(other.valueAt([7, 8, 9], 0)).not.toBe(values[0]);
  });

  it('are none where the text is shorter', () => {
    expect(ngramsOf([], 2).count).toBe(0);
    expect(ngramsOf([1], 2).count).toBe(0);
  });
});

describe('windows', () => {
  it('are as many as counted, inside of the text, and reach its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (count) => {
        const windows = [...windowsOf(count, PLAN)];
        expect(countWindows(count, PLAN)).toBe(Math.max(1, windows.length));
        expect(new Set(windows.map(({ start, end }) => `${start}-${end}`)).size).toBe(windows.length);
        for (const { start, end } of windows) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(count);
        }
        for (const length of PLAN.lengths.filter((each) => each < count)) {
          const ends = windows.filter(({ start, end }) => end - start === length).map(({ end }) => end);
          expect(Math.max(...ends)).toBe(count);
        }
      }),
    );
  });

  it('of nothing are none, and count as one', () => {
    expect([...windowsOf(0, PLAN)]).toEqual([]);
    expect(countWindows(0, PLAN)).toBe(1);
  });
});

describe('the scan', () => {
  it('counts different n-grams of each window, as counting by hand does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 120 }), (tokens) => {
        const ngrams = ngramsOf(tokens, 2);
        const hits = ngrams.values.map((value) => (value < 0x4000_0000 ? 1 : 0));
        const question = { ngrams, hits: Uint8Array.from(hits), plan: PLAN, chance: CHANCE };
        const scored = scanWindows(question, 0);
        expect(new Set(scored).size).toBe([...windowsOf(ngrams.count, PLAN)].length);
        for (const { start, end, total, matches, surprise } of scored) {
          const distinct = new Map<string, number>();
          for (let index = start; index < end; index += 1)
            distinct.set(tokens.slice(index, index + 2).join(), hits[index]);
          expect(total).toBe(distinct.size);
          expect(matches).toBe([...distinct.values()].reduce((sum, hit) => sum + hit, 0));
          expect(surprise).toBeLessThanOrEqual(scored[0].surprise);
        }
      }),
    );
  });

  it('ranks by nearly the exact tail', () => {
    const judge = new BinomialSurprise(1, 4);
    for (const [trials, matches] of [
      [50, 30],
      [400, 160],
      [3200, 1000],
    ]) {
      const exact = -log10Of(binomialTail(trials, matches, 1n, 4n)) / Math.log10(2);
      expect(Math.abs(judge.of(trials, matches) - exact)).toBeLessThan(0.5);
    }
    expect(judge.of(400, 100)).toBe(0);
    expect(judge.of(0, 0)).toBe(0);
    expect(judge.of(16_384, 16_384)).toBeCloseTo(2 * 16_384, 6);
  });

  it('reports separate places only, at most so many, each unlikely enough', () => {
    const stream = new KeyedStream(KEY, 'scan');
    const tokens = Array.from({ length: 6000 }, () => stream.below(50_000));
    const ngrams = ngramsOf(tokens, 2);
    const hits = new Uint8Array(ngrams.count).fill(1);
    const scored = scanWindows({ ngrams, hits, plan: PLAN, chance: CHANCE }, 10);
    const places = separatePlaces(scored, CHANCE, 1000n, '0.001');
    expect(places).toHaveLength(MAX_PLACES);
    for (const [index, { window }] of places.entries()) {
      if (index > 0) expect(window.start).toBeGreaterThanOrEqual(places[index - 1].window.end);
    }
    expect(separatePlaces(scored, CHANCE, 1n << 200n, '0.001')).toEqual([]);
    expect(windowProbability(places[0].window, CHANCE, 1n << 200n)).toEqual({
      numerator: 1n,
      denominator: 1n,
    });
  });

  /** 400 keys on one text that repeats itself: the p-value must not be below uniform by more than chance. */
  it('gives p-values that are no smaller than uniform, over random keys', () => {
    const stream = new KeyedStream(KEY, 'repetitive');
    const tokens = Uint32Array.from({ length: 150 }, () => stream.below(12));
    let small = 0;
    for (let trial = 0; trial < 400; trial += 1) {
      const key = new WatermarkKey(Buffer.alloc(32, `key ${trial}`));
      const ngrams = readNgrams(tokens, 2, new TokenPrf(key, 'uniform', 2));
      const hits = Uint8Array.from(ngrams.values, (value) => (value < 0x4000_0000 ? 1 : 0));
      const [best] = scanWindows({ ngrams, hits, plan: PLAN, chance: CHANCE }, Infinity);
      const { numerator, denominator } = windowProbability(
        best,
        CHANCE,
        BigInt(countWindows(ngrams.count, PLAN)),
      );
      if (numerator * 10n <= denominator) small += 1;
    }
    // 40 are expected at most; 60 would come by chance once in two thousand.
    expect(small).toBeLessThan(60);
  });
});
