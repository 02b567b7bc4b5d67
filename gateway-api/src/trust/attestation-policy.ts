import {
  type ApplicableRestriction,
  LICENSE_ACTIONS,
  parseStrictJson,
  RISK_CLASSES,
  type RiskClass,
} from '@maker-registry/protocol';
import { GRADED_CHECKS, type GradedCheck, type QuotePolicy } from '@maker-registry/tpm';
import { Ajv2020 } from 'ajv/dist/2020';
import { ConfigError } from '../config/config-error';
import { readSettingFile } from '../config/environment';
import { MAX_ACCEPTED_EVENTS } from './limits';

/** What a warning narrows a release to, in the words of restrictions on the ledger. */
export type Narrowing = Pick<ApplicableRestriction, 'kind' | 'scope' | 'limits'>;

/** What the machines of one risk class must show. */
export interface ClassPolicy {
  /** PCRs of the SHA-256 bank that a quote covers exactly. */
  readonly pcrs: readonly number[];
  /** Accepted values in hex by PCR; one that is not named may have any value. */
  readonly reference_values?: Readonly<Record<string, readonly string[]>>;
  /** Accepted firmware versions, 16 hex digits; absent: any. */
  readonly firmware?: readonly string[];
  readonly event_log?: QuotePolicy['eventLog'];
  /** Checks that only warn where they do not hold; all others refuse. */
  readonly warn_on: readonly GradedCheck[];
  /** What a release with warnings is: none, or one under these restrictions. */
  readonly on_warning: 'deny' | readonly Narrowing[];
}

/** The attestation policy: data that operators review like parameters (policies/attestation.json). */
export interface AttestationPolicy {
  readonly version: number;
  readonly endorsement: {
    /** Whether an endorsement certificate still counts when its own validity has ended: TPMs outlive them. */
    readonly expired: 'refused' | 'accepted';
  };
  readonly risk_classes: Readonly<Record<RiskClass, ClassPolicy>>;
}

const PCR = { type: 'integer', minimum: 0, maximum: 23 } as const;
const PCRS = { type: 'array', items: PCR, minItems: 1, uniqueItems: true } as const;
const DIGEST = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const EVENT = {
  type: 'object',
  additionalProperties: false,
  required: ['pcr', 'type', 'digest'],
  properties: { pcr: PCR, type: { type: 'integer', minimum: 0, maximum: 0xffff_ffff }, digest: DIGEST },
} as const;
const EVENT_LOG = {
  type: 'object',
  additionalProperties: false,
  required: ['demanded'],
  properties: {
    demanded: { enum: ['always', 'after-reset', 'never'] },
    pcrs: PCRS,
    accepted: { type: 'array', items: EVENT, maxItems: MAX_ACCEPTED_EVENTS },
  },
} as const;
const NARROWING = {
  type: 'object',
  additionalProperties: false,
  required: ['kind'],
  properties: {
    kind: { enum: ['restrict', 'downgrade', 'narrow'] },
    scope: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        actions: { type: 'array', items: { enum: [...LICENSE_ACTIONS] }, minItems: 1, uniqueItems: true },
        domains: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
      },
    },
    limits: {
      type: 'object',
      additionalProperties: false,
      required: ['max_executions'],
      properties: { max_executions: { type: 'integer', minimum: 1 } },
    },
  },
} as const;
const CLASS = {
  type: 'object',
  additionalProperties: false,
  required: ['pcrs', 'warn_on', 'on_warning'],
  properties: {
    pcrs: PCRS,
    reference_values: {
      type: 'object',
      propertyNames: { pattern: '^(?:[0-9]|1[0-9]|2[0-3])$' },
      additionalProperties: { type: 'array', items: DIGEST, minItems: 1 },
    },
    firmware: { type: 'array', items: { type: 'string', pattern: '^[0-9a-f]{16}$' }, minItems: 1 },
    event_log: EVENT_LOG,
    warn_on: { type: 'array', items: { enum: [...GRADED_CHECKS] }, uniqueItems: true },
    on_warning: { anyOf: [{ const: 'deny' }, { type: 'array', items: NARROWING, minItems: 1 }] },
  },
} as const;
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'endorsement', 'risk_classes'],
  properties: {
    version: { type: 'integer', minimum: 1 },
    endorsement: {
      type: 'object',
      additionalProperties: false,
      required: ['expired'],
      properties: { expired: { enum: ['refused', 'accepted'] } },
    },
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
  if (!isPolicy(value)) {
    throw new ConfigError(
      setting,
      `${file} is not an attestation policy: ${ajv.errorsText(isPolicy.errors)}`,
    );
  }
  for (const name of RISK_CLASSES) assertConsistent(setting, name, value.risk_classes[name]);
  return value;
}

function parse(setting: string, bytes: Buffer): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(setting, `the attestation policy is not valid JSON: ${reason}`, { cause });
  }
}

/** A rule about a PCR that no quote covers, or a narrowing that narrows nothing, would look like a safeguard and be none. */
function assertConsistent(
  setting: string,
  name: string,
  { pcrs, reference_values, event_log, on_warning }: ClassPolicy,
): void {
  // Only `restrict` means something by itself: research alone.
  const idle = on_warning === 'deny' ? undefined : on_warning.find(narrowsNothing);
  if (idle !== undefined) {
    throw new ConfigError(
      setting,
      `the attestation policy of class ${name} has a ${idle.kind} with neither scope nor limits: it narrows nothing`,
    );
  }
  const named = [
    ...Object.keys(reference_values ?? {}).map(Number),
    ...(event_log?.pcrs ?? []),
    ...(event_log?.accepted ?? []).map(({ pcr }) => pcr),
  ];
  const stray = named.find((pcr) => !pcrs.includes(pcr));
  if (stray === undefined) return;
  throw new ConfigError(
    setting,
    `the attestation policy of class ${name} names PCR ${stray}, which it does not quote`,
  );
}

function narrowsNothing({ kind, scope, limits }: Narrowing): boolean {
  return kind !== 'restrict' && scope === undefined && limits === undefined;
}

/** The policy of a class in the terms of quote verification. */
export function quotePolicy({
  pcrs,
  reference_values,
  firmware,
  event_log,
  warn_on,
}: ClassPolicy): QuotePolicy {
  return {
    requiredPcrs: { sha256: pcrs },
    warnOn: warn_on,
    ...(reference_values === undefined ? {} : { referenceValues: reference_values }),
    ...(firmware === undefined ? {} : { firmware }),
    ...(event_log === undefined ? {} : { eventLog: event_log }),
  };
}

/** Number of a restriction that is no entry of the ledger's list. */
const NOT_LISTED = 0;

/** A narrowing as a restriction of the device. */
export function deviceRestrictions(narrowing: readonly Narrowing[]): readonly ApplicableRestriction[] {
  return narrowing.map((one) => ({
    ...one,
    number: NOT_LISTED,
    subject_type: 'device',
    reason_code: 'attestation',
  }));
}

/**
 * What a token for a device is narrowed to, from the warnings of its newest quote. Where the class releases nothing under a
 * warning, the token stays as it is: the release judges the machine anew.
 */
export function narrowingForToken(
  warnings: readonly string[],
  { on_warning }: ClassPolicy,
): readonly ApplicableRestriction[] {
  return warnings.length === 0 || on_warning === 'deny' ? [] : deviceRestrictions(on_warning);
}
