import { closedObject, type JsonSchema, oneOf, type ParamsDocument } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';
import { type CommonParams, paramsSchema } from '../scheme/params-schema';
import { type TextReading } from './text-normalization';
import { assertTokenizer, READING, type TokenizerParams } from './text-params';

/** Keys of one list. Published configurations have 9 to 30; the exact distribution of 64 layers still takes milliseconds. */
export const MAX_DEPTH = 64;
/** Tokens of one n-gram. Published configurations have 5. */
const MAX_NGRAM_LENGTH = 16;
/** Contexts remembered. The library's default is 1024. */
const MAX_HISTORY = 1_000_000;
const MAX_TOKEN_ID = 4_294_967_295;
/** Places of the sampling table. The library's default is 65,536; a larger table given as bits must fit in the document. */
export const TABLE_SIZES = [
  256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144,
] as const;

export const STATISTICS = ['mean', 'weighted-mean'] as const;
export type SynthIdStatistic = (typeof STATISTICS)[number];

/** Where the table of random bits comes from. */
export type SamplingTable =
  | {
      /** What PyTorch draws on a CPU. */
      readonly source: 'mt19937';
      readonly size: number;
      /** `sampling_table_seed`; only its low 32 bits count. */
      readonly seed: number;
    }
  | {
      /** What another device drew. */
      readonly source: 'bits';
      readonly size: number;
      /** Base64 of size / 8 bytes, the first place in the most significant bit of the first byte. */
      readonly bits: string;
    };

/** `params` of a document of `text-synthid`. Names and meanings are those of `SynthIDTextWatermarkingConfig`. */
export interface SynthIdParams extends CommonParams {
  readonly ngram_len: number;
  /** Number of keys, one for each layer. */
  readonly depth: number;
  /** `list`: the key file is the list; `derived`: the keys come from a key of this package. */
  readonly keys: 'list' | 'derived';
  readonly sampling_table: SamplingTable;
  readonly context_history_size: number;
  readonly statistic: SynthIdStatistic;
  readonly tokenizer: TokenizerParams;
  readonly readings: readonly TextReading[];
  readonly eos_token_id?: number;
}

const SIZE: JsonSchema = { type: 'integer', enum: TABLE_SIZES };

const OWN: Readonly<Record<string, JsonSchema>> = {
  ngram_len: { type: 'integer', minimum: 2, maximum: MAX_NGRAM_LENGTH },
  depth: { type: 'integer', minimum: 1, maximum: MAX_DEPTH },
  keys: oneOf(['list', 'derived']),
  sampling_table: {
    type: 'object',
    oneOf: [
      closedObject({
        source: oneOf(['mt19937']),
        size: SIZE,
        seed: { type: 'integer', minimum: 0, maximum: 0xffffffff },
      }),
      closedObject({
        source: oneOf(['bits']),
        size: SIZE,
        bits: { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$' },
      }),
    ],
  },
  context_history_size: { type: 'integer', minimum: 1, maximum: MAX_HISTORY },
  statistic: oneOf(STATISTICS),
  ...READING,
  eos_token_id: { type: 'integer', minimum: 0, maximum: MAX_TOKEN_ID },
};

export const SYNTHID_PARAMS: JsonSchema = paramsSchema(OWN, ['eos_token_id']);

/** The parameters of a document whose `params` passed the schema. Throws PARAMS_OUT_OF_RANGE. */
export function synthIdParamsOf(document: ParamsDocument): SynthIdParams {
  const params = document.params as unknown as SynthIdParams;
  assertTokenizer(params.tokenizer);
  if (params.eos_token_id !== undefined && params.eos_token_id >= params.tokenizer.vocabulary_size) {
    throw new WatermarkError('PARAMS_OUT_OF_RANGE', 'The end-of-text token is not in the vocabulary.', {
      subject: '/params/eos_token_id',
    });
  }
  return params;
}
