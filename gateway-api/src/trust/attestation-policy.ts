import { parseStrictJson, RISK_CLASSES, type RiskClass } from '@maker-registry/protocol';
import { type QuotePolicy } from '@maker-registry/tpm';
import { Ajv2020 } from 'ajv/dist/2020';
import { ConfigError } from '../config/config-error';
import { readSettingFile } from '../config/environment';

/** What the machines of one risk class must show. */
export interface ClassPolicy {
  /** PCRs of the SHA-256 bank that a quote covers exactly. */
  readonly pcrs: readonly number[];
  /** Accepted values in hex by PCR; one that is not named may have any value. */
  readonly reference_values?: Readonly<Record<string, readonly string[]>>;
  /** Accepted firmware versions, 16 hex digits; absent: any. */
  readonly firmware?: readonly string[];
  /** Whether a quote counts whose clock may have gone back at a power failure. */
  readonly accept_unsafe_clock: boolean;
}

/** The attestation policy: data that operators review like parameters (policies/attestation.json). */
export interface AttestationPolicy {
  readonly version: number;
  readonly risk_classes: Readonly<Record<RiskClass, ClassPolicy>>;
}

const PCR = { type: 'integer', minimum: 0, maximum: 23 } as const;
const CLASS = {
  type: 'object',
  additionalProperties: false,
  required: ['pcrs', 'accept_unsafe_clock'],
  properties: {
    pcrs: { type: 'array', items: PCR, minItems: 1, uniqueItems: true },
    reference_values: {
      type: 'object',
      propertyNames: { pattern: '^(?:[0-9]|1[0-9]|2[0-3])$' },
      additionalProperties: {
        type: 'array',
        items: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        minItems: 1,
      },
    },
    firmware: { type: 'array', items: { type: 'string', pattern: '^[0-9a-f]{16}$' }, minItems: 1 },
    accept_unsafe_clock: { type: 'boolean' },
  },
} as const;
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'risk_classes'],
  properties: {
    version: { type: 'integer', minimum: 1 },
    risk_classes: {
      type: 'object',
      additionalProperties: false,
      required: [...RISK_CLASSES],
      properties: Object.fromEntries(RISK_CLASSES.map((name) => [name, CLASS])),
    },
  },
} as const;

const ajv = new Ajv2020({ strict: true });
const isPolicy = ajv.compile<AttestationPolicy>(SCHEMA);

/** Reads and checks the policy's file. Throws ConfigError naming the setting and the place in the document. */
export function readAttestationPolicy(setting: string, file: string): AttestationPolicy {
  const value = parse(setting, readSettingFile(setting, file));
  if (isPolicy(value)) return value;
  throw new ConfigError(setting, `${file} is not an attestation policy: ${ajv.errorsText(isPolicy.errors)}`);
}

function parse(setting: string, bytes: Buffer): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(setting, `the attestation policy is not valid JSON: ${reason}`, { cause });
  }
}

/** The policy of a class in the terms of quote verification. */
export function quotePolicy({ pcrs, reference_values, firmware }: ClassPolicy): QuotePolicy {
  return {
    requiredPcrs: { sha256: pcrs },
    ...(reference_values === undefined ? {} : { referenceValues: reference_values }),
    ...(firmware === undefined ? {} : { firmware }),
  };
}
