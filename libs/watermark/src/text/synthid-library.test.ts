import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { WatermarkKey } from '../keys/watermark-key';
import { atMost, decimalOf, probabilityOf } from '../statistics/probability';
import { SynthIdDetector } from './synthid-detector';
import { ngramHashes } from './synthid-hash';
import { contextRepetitionMask, scoringMask } from './synthid-masks';
import { type SynthIdParams } from './synthid-params';
import { evenWeights, gValues, layerSums, linearWeights, meanScore, scoredText } from './synthid-scores';
import { layerTable, samplingTable } from './synthid-table';

interface LibraryVector {
  readonly name: string;
  readonly config: {
    readonly ngram_len: number;
    readonly keys: readonly string[];
    readonly context_history_size: number;
    readonly sampling_table_seed: number;
    readonly sampling_table_size: number;
  };
  readonly eos_token_id: number | null;
  readonly vocabulary_size: number;
  readonly tokens: readonly number[];
  readonly g_values: string;
  readonly context_repetition_mask: string;
  readonly mask: string;
  readonly ones: number;
  readonly layer_sums: readonly number[];
  readonly scores: { readonly mean: number | null; readonly weighted_mean: number | null };
}

const { vectors } = JSON.parse(
  readFileSync(resolve(__dirname, '../../vectors/text-synthid/library.json'), 'utf8'),
) as { vectors: LibraryVector[] };

/** Ours are rounded to six places, the library's computed in single precision. */
const SIX_PLACES = 1e-6;

function digits(mask: Uint8Array): string {
  return mask.join('');
}

function paramsOf({ config, eos_token_id, vocabulary_size }: LibraryVector): SynthIdParams {
  return {
    ngram_len: config.ngram_len,
    depth: config.keys.length,
    keys: 'list',
    sampling_table: {
      source: 'mt19937',
      size: config.sampling_table_size,
      seed: config.sampling_table_seed % 2 ** 32,
    },
    context_history_size: config.context_history_size,
    statistic: 'mean',
    tokenizer: { name: 'token_ids', vocabulary_size },
    readings: ['exact'],
    threshold: { p_value: '0.000001', inconclusive_p_value: '0.001' },
    ...(eos_token_id === null ? {} : { eos_token_id }),
  };
}

describe.each(vectors.map((vector) => [vector.name, vector] as const))(
  'transformers and synthid-text on the same tokens: %s',
  (_, vector) => {
    const { config } = vector;
    const params = paramsOf(vector);
    const tokens = Uint32Array.from(vector.tokens);
    const keys = config.keys.map(BigInt);
    const layers = layerTable(samplingTable(params.sampling_table));
    const mask = scoringMask(tokens, config.ngram_len, config.context_history_size, params.eos_token_id);

    it('has the same bits', () => {
      const bits = gValues(ngramHashes(tokens, config.ngram_len), keys, layers);
      const expected = Array.from(Buffer.from(vector.g_values, 'hex'), (byte) =>
        byte.toString(2).padStart(8, '0'),
      ).join('');
      expect(digits(bits)).toBe(expected.slice(0, bits.length));
      expect(bits).toHaveLength((tokens.length - config.ngram_len + 1) * keys.length);
    });

    it('has the same masks', () => {
      expect(digits(contextRepetitionMask(tokens, config.ngram_len, config.context_history_size))).toBe(
        vector.context_repetition_mask,
      );
      expect(digits(mask)).toBe(vector.mask);
    });

    it('has the same sums and scores', () => {
      const scores = layerSums(scoredText(tokens, config.ngram_len, mask), keys, layers);
      expect(scores.layerSums).toEqual(vector.layer_sums);
      expect(scores.layerSums.reduce((sum, value) => sum + value, 0)).toBe(vector.ones);
      const mean = Number(decimalOf(meanScore(scores, evenWeights(keys.length))));
      expect(Math.abs(mean - (vector.scores.mean ?? 0))).toBeLessThan(SIX_PLACES);
      const weighted = Number(decimalOf(meanScore(scores, linearWeights(keys.length))));
      expect(Math.abs(weighted - (vector.scores.weighted_mean ?? 0))).toBeLessThan(SIX_PLACES);
    });
  },
);

describe('the decision on the library texts', () => {
  const MARKED = [
    'marked with 30 random keys',
    'marked with the published keys',
    'marked, ended in the middle',
  ];
  const judged = vectors.filter(({ config }) => config.keys.length === 30);

  it.each(judged.map((vector) => [vector.name, vector] as const))('%s', (name, vector) => {
    const key = WatermarkKey.fromFile(Buffer.from(`[${vector.config.keys.join(',')}]`));
    const report = new SynthIdDetector(paramsOf(vector), key).report(Uint32Array.from(vector.tokens));
    expect(report.ones).toBe(vector.ones);
    for (const { probability } of Object.values(report.statistics)) {
      expect(atMost(probability, probabilityOf('0.000001'))).toBe(MARKED.includes(name));
    }
  });
});
