import { closedObject, type JsonSchema, uniqueList } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';
import { type CommonParams } from '../scheme/params-schema';
import { TEXT_READINGS, type TextReading } from './text-normalization';
import { type WindowPlan } from './token-windows';
import { TOKEN_IDS, TOKENIZERS } from './tokenizer-table';

/** A chance or a factor as a fraction of integers: decimals would be rounded. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** What reading a text for its tokens takes. */
export interface ReadingParams {
  readonly tokenizer: TokenizerParams;
  /** How a text is read; the p-value is corrected for all of them. */
  readonly readings: readonly TextReading[];
  /** Tokens before the one judged that go into its value. */
  readonly context_width: number;
}

/** What every token mark of this package states beside the common members. */
export interface TokenParams extends CommonParams, ReadingParams {
  readonly prf: 'siphash-2-4';
  /** Chance of a token to be favoured; the denominator is a power of two. */
  readonly gamma: Fraction;
  readonly bias: {
    /** Added to the logit of favoured tokens: a decimal, natural logarithm. */
    readonly delta: string;
    /** e^delta to seven digits, for samplers that work with integers. */
    readonly weight: Fraction;
  };
  readonly windows: WindowPlan;
  readonly generation?: GenerationParams;
}

export interface TokenizerParams {
  readonly name: string;
  /** Of tokenizers that ship with the package. */
  readonly vocabulary_sha256?: string;
  /** Every id is below it. */
  readonly vocabulary_size: number;
}

/** What the small language model of the embedder writes. */
export interface GenerationParams {
  readonly tokens: number;
  /** Mean entropy of the model's next token that it is mixed for. */
  readonly entropy_bits: number;
}

/** Longer contexts do not survive a changed word. */
const MAX_CONTEXT = 4;
const MAX_WINDOW = 16_384;
const MAX_WINDOW_LENGTHS = 16;
/** Tokens that the embedder writes at most. */
const MAX_GENERATED = 20_000;
/** A text of a hundred thousand different words has no more. */
const MAX_ENTROPY = 16;

const POSITIVE: JsonSchema = { type: 'integer', minimum: 1, maximum: 1_000_000_000 };
/** A fraction below one; its denominator is a power of two, which assertTokenParams checks. */
export const FRACTION: JsonSchema = closedObject({
  numerator: { type: 'integer', minimum: 1, maximum: 65_535 },
  denominator: { type: 'integer', minimum: 2, maximum: 65_536 },
});

/** JSON Schema of how a text is read. */
export const READING: Readonly<Record<'tokenizer' | 'readings', JsonSchema>> = {
  tokenizer: closedObject(
    {
      name: { type: 'string', enum: [...TOKENIZERS.map(({ name }) => name), TOKEN_IDS] },
      vocabulary_sha256: { type: 'string', enum: TOKENIZERS.map((each) => each.vocabularySha256) },
      vocabulary_size: { type: 'integer', minimum: 2, maximum: 4_294_967_295 },
    },
    ['vocabulary_sha256'],
  ),
  readings: uniqueList({ type: 'string', enum: TEXT_READINGS }, 1, TEXT_READINGS.length),
};

/** JSON Schema of the members of TokenParams. `gamma` is given by the scheme: its chances differ. */
export function tokenSchema(gamma: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return {
    ...READING,
    prf: { type: 'string', enum: ['siphash-2-4'] },
    context_width: { type: 'integer', minimum: 1, maximum: MAX_CONTEXT },
    gamma,
    bias: closedObject({
      delta: { type: 'string', pattern: '^(0|[1-9][0-9]?)(\\.[0-9]{0,5}[1-9])?$' },
      weight: closedObject({ numerator: POSITIVE, denominator: POSITIVE }),
    }),
    windows: closedObject({
      lengths: uniqueList({ type: 'integer', minimum: 8, maximum: MAX_WINDOW }, 1, MAX_WINDOW_LENGTHS),
      stride_divisor: { type: 'integer', minimum: 1, maximum: 64 },
      longest_whole: { type: 'integer', minimum: 1, maximum: MAX_WINDOW },
    }),
    generation: closedObject({
      tokens: { type: 'integer', minimum: 1, maximum: MAX_GENERATED },
      entropy_bits: { type: 'integer', minimum: 0, maximum: MAX_ENTROPY },
    }),
  };
}

/** Members of tokenSchema that a document may leave out. */
export const OPTIONAL_TOKEN_MEMBERS = ['generation'] as const;

/**
 * What a schema cannot say: the vocabulary is the named one, gamma's denominator a power of two, lengths rise.
 *
 * @throws WatermarkError PARAMS_OUT_OF_RANGE
 */
export function assertTokenParams(params: TokenParams): void {
  const { gamma, windows } = params;
  assertTokenizer(params.tokenizer);
  if ((gamma.denominator & (gamma.denominator - 1)) !== 0 || gamma.numerator >= gamma.denominator) {
    refuse('/params/gamma', 'gamma must be below one and its denominator a power of two.');
  }
  if (windows.lengths.some((length, index) => index > 0 && length <= windows.lengths[index - 1])) {
    refuse('/params/windows/lengths', 'Window lengths must rise.');
  }
}

/** @throws WatermarkError PARAMS_OUT_OF_RANGE where the vocabulary is not that of the tokenizer named */
export function assertTokenizer(tokenizer: TokenizerParams): void {
  const spec = TOKENIZERS.find(({ name }) => name === tokenizer.name);
  if (spec === undefined ? tokenizer.vocabulary_sha256 !== undefined : !isOf(tokenizer, spec)) {
    refuse('/params/tokenizer', 'The vocabulary is not that of the tokenizer named.');
  }
}

function isOf(
  tokenizer: TokenizerParams,
  spec: { vocabularySha256: string; vocabularySize: number },
): boolean {
  return (
    tokenizer.vocabulary_sha256 === spec.vocabularySha256 && tokenizer.vocabulary_size === spec.vocabularySize
  );
}

function refuse(subject: string, message: string): never {
  throw new WatermarkError('PARAMS_OUT_OF_RANGE', message, { subject });
}
