import { isPlainObject } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { closedObject, type JsonSchema, oneOf } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';
import { spareBitsAreZero } from './watermark-payload';

export const DETECTOR_DECISIONS = ['detected', 'not-detected', 'inconclusive'] as const;
export type DetectorDecision = (typeof DETECTOR_DECISIONS)[number];

/** Places of one content that a detector may report: a finding for every second of a long film. */
export const MAX_LOCAL_FINDINGS = 10_000;
/** Bits of a payload: a nonce has no more. */
export const MAX_PAYLOAD_BITS = 256;
/** Decimal places of a probability, at most: below 10^−40 nobody distinguishes. */
const MAX_DECIMALS = 40;
/** Characters of a place, printable ASCII: a region, a time span or a range of tokens in words. */
const MAX_PLACE_LENGTH = 200;

/** Evidence in one place of the content (P-10, P-12). */
export interface LocalFinding {
  /** Words of the detector: `0s-12s`, `128,64 256x256`, `tokens 40-220`. */
  readonly place: string;
  /** Canonical decimal from 0 to 1. */
  readonly confidence: string;
}

/** What a detector says of one content. Decimals are strings, so that two machines show the same evidence. */
export interface DetectorOutcome {
  readonly decision: DetectorDecision;
  /** The recovered payload, most significant bit first, spare bits zero. Hex. */
  readonly payload?: string;
  readonly payload_bits?: number;
  /** Canonical decimal from 0 to 1: what `detector_spec.output` of the scheme says it is. */
  readonly confidence: string;
  /** Chance of such a finding in content without the watermark. Canonical decimal from 0 to 1. */
  readonly p_value?: string;
  readonly local?: readonly LocalFinding[];
}

/** `0`, `1`, or `0.` and digits of which the last is not 0: one number has one text. */
const UNIT_DECIMAL: JsonSchema = {
  type: 'string',
  pattern: `^(0|1|0\\.[0-9]{0,${MAX_DECIMALS - 1}}[1-9])$`,
};

const OUTCOME = closedObject(
  {
    decision: oneOf(DETECTOR_DECISIONS),
    payload: { type: 'string', pattern: `^([0-9a-f]{2}){1,${MAX_PAYLOAD_BITS / 8}}$` },
    payload_bits: { type: 'integer', minimum: 1, maximum: MAX_PAYLOAD_BITS },
    confidence: UNIT_DECIMAL,
    p_value: UNIT_DECIMAL,
    local: {
      type: 'array',
      maxItems: MAX_LOCAL_FINDINGS,
      items: closedObject({
        place: { type: 'string', pattern: `^[ -~]{1,${MAX_PLACE_LENGTH}}$` },
        confidence: UNIT_DECIMAL,
      }),
    },
  },
  ['payload', 'payload_bits', 'p_value', 'local'],
);

/**
 * A detector's answer, if it is one: detectors are plugged in, and what they say enters signed reports.
 *
 * @throws RegistryError SCHEMA_VIOLATION, `subject` the JSON pointer of the offending member
 */
export function readDetectorOutcome(value: unknown): DetectorOutcome {
  if (!isPlainObject(value)) throw new RegistryError('SCHEMA_VIOLATION', 'The answer is not an object.');
  assertSchema(OUTCOME, value);
  const outcome = value as unknown as DetectorOutcome;
  const { payload, payload_bits: bits } = outcome;
  if ((payload === undefined) !== (bits === undefined)) {
    throw new RegistryError('SCHEMA_VIOLATION', 'payload and payload_bits come together.', {
      subject: '/payload_bits',
    });
  }
  if (payload !== undefined && bits !== undefined && !spareBitsAreZero(payload, bits)) {
    throw new RegistryError('SCHEMA_VIOLATION', 'payload has not payload_bits bits followed by zeros.', {
      subject: '/payload',
    });
  }
  return outcome;
}
