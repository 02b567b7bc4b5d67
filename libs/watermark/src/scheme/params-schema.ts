import { closedObject, type JsonSchema, type JsonValue, MAX_PAYLOAD_BITS } from '@maker-registry/protocol';

/** Members that the `params` of every scheme of this package have, beside its own. */
export interface CommonParams {
  readonly threshold: Thresholds;
  /** The measured robustness of the scheme, as committed: what was attacked how, and what was left. */
  readonly robustness?: JsonValue;
}

export interface Thresholds {
  /** Detected at or below it; at most 0.000001. Canonical decimal. */
  readonly p_value: string;
  /** Inconclusive at or below it. Canonical decimal. */
  readonly inconclusive_p_value: string;
}

/** The error correction of schemes that carry a payload. */
export interface CodeParams {
  readonly payload_bits: number;
  readonly code: {
    readonly type: 'polar';
    readonly length: number;
    readonly check_bits: 16;
    readonly list_size: number;
  };
  /** Readings that the detector tries at most; the p-value is multiplied by it. */
  readonly hypotheses: number;
}

/** `0.` and digits, at most one in a million. */
const DETECTION_P: JsonSchema = { type: 'string', pattern: '^0\\.00000(0[0-9]{0,33}[1-9]|1)$' };
/** At most one in a hundred. */
const INCONCLUSIVE_P: JsonSchema = { type: 'string', pattern: '^0\\.0(0[0-9]{0,37}[1-9]|1)$' };
/** Rows of a robustness table: attacks of one medium come to some forty. */
const MAX_ROBUSTNESS_ROWS = 200;

const RATE: JsonSchema = { type: 'string', pattern: '^(0|1|0\\.[0-9]{0,3}[1-9])$' };
const WORDS: JsonSchema = { type: 'string', minLength: 1, maxLength: 200 };

/** What was measured, so that who relies on a scheme need not rank algorithms by their names. */
const ROBUSTNESS: JsonSchema = closedObject(
  {
    measured: { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' },
    corpus: WORDS,
    /** SHA-256 of the corpus manifest. */
    corpus_sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    contents: { type: 'integer', minimum: 1 },
    quality: WORDS,
    rows: {
      type: 'array',
      maxItems: MAX_ROBUSTNESS_ROWS,
      items: closedObject(
        {
          attack: WORDS,
          payload_rate: RATE,
          detection_rate: RATE,
          bit_accuracy: RATE,
          sound_detection_rate: RATE,
        },
        ['sound_detection_rate', 'payload_rate', 'bit_accuracy'],
      ),
    },
  },
  ['quality'],
);

const COMMON: Readonly<Record<string, JsonSchema>> = {
  threshold: closedObject({ p_value: DETECTION_P, inconclusive_p_value: INCONCLUSIVE_P }),
  robustness: ROBUSTNESS,
};

const CODE: Readonly<Record<string, JsonSchema>> = {
  payload_bits: { type: 'integer', minimum: 1, maximum: MAX_PAYLOAD_BITS },
  code: closedObject({
    type: { type: 'string', enum: ['polar'] },
    length: { type: 'integer', enum: [64, 128, 256, 512, 1024, 2048, 4096] },
    check_bits: { type: 'integer', enum: [16] },
    list_size: { type: 'integer', minimum: 1, maximum: 64 },
  }),
  hypotheses: { type: 'integer', minimum: 1, maximum: 1_000_000_000 },
};

/** `params` of a scheme without a payload: the common members and its own. */
export function paramsSchema(
  own: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return closedObject({ ...COMMON, ...own }, ['robustness', ...optional]);
}

/** `params` of a scheme with a payload. */
export function payloadParamsSchema(
  own: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return paramsSchema({ ...CODE, ...own }, optional);
}
