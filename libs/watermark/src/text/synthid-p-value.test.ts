import * as fc from 'fast-check';
import { CERTAIN, type Probability } from '../statistics/probability';
import { contextRepetitionMask } from './synthid-masks';
import { type LayerDistribution, layerDistribution, sumsOfAllKeys } from './synthid-null';
import { tailBound } from './synthid-p-value';
import { evenWeights, layerSums, linearWeights, scoredText, weightedSum } from './synthid-scores';
import { layerTable, samplingTable } from './synthid-table';

const SIZE = 256;
const LAYERS = layerTable(samplingTable({ source: 'mt19937', size: SIZE, seed: 3 }));
const tokens = fc
  .array(fc.integer({ min: 0, max: 70_000 }), { minLength: 3, maxLength: 40 })
  .map((list) => Uint32Array.from(list));

function textOf(ids: Uint32Array) {
  return scoredText(ids, 3, contextRepetitionMask(ids, 3, 1024));
}

function valueOf({ numerator, denominator }: Probability): number {
  return Number((numerator * 10n ** 30n) / denominator) / 1e30;
}

/**
 * The chance that `depth` draws add up to `observed`, exactly: the distribution's polynomial to the power of depth, multiplied as
 * one big integer with a slot of bits for each coefficient.
 */
function exactTail({ lowest, counts }: LayerDistribution, depth: number, observed: number): Probability {
  const places = counts.reduce((sum, count) => sum + count, 0);
  const denominator = BigInt(places) ** BigInt(depth);
  const from = observed - lowest * depth;
  if (from <= 0) return CERTAIN;
  const digits = Math.ceil((denominator.toString(2).length + 1) / 4);
  const slot = BigInt(digits * 4);
  const hex = Array.from(counts, (count) => count.toString(16).padStart(digits, '0')).reverse();
  const power = BigInt(`0x${hex.join('')}`) ** BigInt(depth);
  return { numerator: (power >> (slot * BigInt(from))) % ((1n << slot) - 1n), denominator };
}

/** The chance by counting every pair of keys. */
function countedChance(sums: Int32Array, weights: readonly number[], observed: number): number {
  let count = 0;
  for (const first of sums) {
    for (const second of sums) if (first * weights[0] + second * weights[1] >= observed) count += 1;
  }
  return count / sums.length ** 2;
}

describe('distribution of a layer over all keys', () => {
  it('has the sum that the layer of each key has', () => {
    fc.assert(
      fc.property(tokens, (ids) => {
        const text = textOf(ids);
        const keys = Array.from({ length: SIZE }, (_, key) => BigInt(key));
        expect(Array.from(sumsOfAllKeys(text, LAYERS))).toEqual(layerSums(text, keys, LAYERS).layerSums);
      }),
      { numRuns: 20 },
    );
  });

  it('is exact where one n-gram comes again and again', () => {
    const hashes = new Uint32Array(65_532).fill(77);
    const text = { hashes, mask: new Uint8Array(hashes.length).fill(1), scored: hashes.length };
    const table = layerTable(samplingTable({ source: 'mt19937', size: 65_536, seed: 0 }));
    const { lowest, counts } = layerDistribution(text, table);
    expect(lowest).toBe(0);
    // The table that PyTorch draws from seed 0 has 32,743 ones.
    expect([counts[0], counts[65_532]]).toEqual([65_536 - 32_743, 32_743]);
  });
});

describe('p-values', () => {
  it('are what counting all pairs of keys gives', () => {
    fc.assert(
      fc.property(tokens, fc.integer({ min: -2, max: 82 }), (ids, observed) => {
        const text = textOf(ids);
        const sums = sumsOfAllKeys(text, LAYERS);
        const distribution = layerDistribution(text, LAYERS);
        const even = countedChance(sums, evenWeights(2), observed);
        expect(valueOf(exactTail(distribution, 2, observed))).toBeCloseTo(even, 12);
        expect(valueOf(tailBound(distribution, evenWeights(2), observed))).toBeCloseTo(even, 8);
        const weights = linearWeights(2);
        const weighted = countedChance(sums, weights, observed * 5);
        // Short sums fit in the grid, so that only the margin for rounding is left.
        expect(valueOf(tailBound(distribution, weights, observed * 5))).toBeCloseTo(weighted, 8);
      }),
      { numRuns: 30 },
    );
  });

  it('bound the exact ones from above: closely with equal weights, and not far where sums are rounded', () => {
    const ids = Uint32Array.from({ length: 204 }, (_, index) => (index * index * 7919 + 13) % 50_000);
    const table = layerTable(samplingTable({ source: 'mt19937', size: 65_536, seed: 0 }));
    const distribution = layerDistribution(textOf(ids), table);
    for (const observed of [2900, 3030, 3150, 3200, 3300]) {
      const exact = valueOf(exactTail(distribution, 30, observed));
      const even = valueOf(tailBound(distribution, evenWeights(30), observed));
      expect(even).toBeGreaterThanOrEqual(exact);
      expect(even).toBeLessThanOrEqual(exact * (1 + 3e-9));
      // Equal weights of 290, the largest of the published ones: as coarse a grid as there is.
      const coarse = valueOf(tailBound(distribution, new Array<number>(30).fill(290), observed * 290));
      expect(coarse).toBeGreaterThanOrEqual(exact);
      expect(coarse).toBeLessThan(exact * 2.5);
    }
  });

  it('never fall when less is observed, and reach one', () => {
    const text = textOf(Uint32Array.from({ length: 30 }, (_, index) => index * 31));
    const distribution = layerDistribution(text, LAYERS);
    for (const [weights, factor] of [
      [evenWeights(9), 1],
      [linearWeights(9), 44],
    ] as const) {
      const tail = (sum: number) => tailBound(distribution, weights, factor * sum);
      let before = 0;
      for (let sum = 28 * 9; sum >= 0; sum -= 1) {
        const chance = valueOf(tail(sum));
        expect(chance).toBeGreaterThanOrEqual(before - 1e-12);
        before = chance;
      }
      expect(before).toBe(1);
    }
  });

  it('hold: among random keys no more than the stated part finds as much', () => {
    const text = textOf(Uint32Array.from({ length: 60 }, (_, index) => (index * 104_729) % 4096));
    const distribution = layerDistribution(text, LAYERS);
    const weights = linearWeights(4);
    let state = 12_345;
    const draw = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return BigInt(state >>> 8);
    };
    const chances = Array.from({ length: 4000 }, () => {
      const scores = layerSums(text, [draw(), draw(), draw(), draw()], LAYERS);
      return valueOf(tailBound(distribution, weights, weightedSum(scores, weights)));
    });
    for (const level of [0.5, 0.1, 0.01]) {
      const part = chances.filter((chance) => chance <= level).length / chances.length;
      expect(part).toBeLessThan(level * 1.35);
      expect(part).toBeGreaterThan(level * 0.5);
    }
  });
});
