import { canonicalize } from '../encoding/canonical-json';
import { sha256Hex } from '../encoding/hash';
import { utf8 } from '../encoding/bytes';
import { parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { MAX_CEREMONY_STEPS } from '../limits';
import { closedObject, HEX32, type JsonSchema } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';

/** Payload type of a signed transcript. */
export const CEREMONY_PAYLOAD_TYPE = 'application/vnd.maker-registry.ceremony+json';
export const CEREMONY_FORMAT = 'maker-registry-ceremony/v1';

export const CEREMONY_ACTIONS = ['begin', 'generate', 'certify', 'retire', 'inspect', 'note'] as const;
/**
 * begin: whose token, with which policy for back-ups. generate: a key was made, the first of its role or one that replaces
 * another. certify: a certificate of a key. retire: a key was destroyed. inspect: what the token holds. note: words.
 */
export type CeremonyAction = (typeof CEREMONY_ACTIONS)[number];

/** Attributes of a key as the token gave them. */
export interface CeremonyKeyAttributes {
  readonly sensitive: boolean;
  readonly extractable: boolean;
  readonly always_sensitive: boolean;
  readonly never_extractable: boolean;
  readonly local: boolean;
  readonly signs: boolean;
  readonly derives: boolean;
}

export interface CeremonyKey {
  readonly label: string;
  readonly role: string;
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  /** Compressed P-256 point, hex. */
  readonly public_key: string;
  readonly attributes: CeremonyKeyAttributes;
}

/** What happened, and the hash of what happened before. */
export interface CeremonyStep {
  /** From 0, without gaps. */
  readonly n: number;
  /** Unix seconds, by the clock of the machine that holds the token. */
  readonly at: number;
  readonly action: CeremonyAction;
  /** SHA-256 of the canonical JSON of the step before, hex; 64 zeros for the first. */
  readonly previous: string;
  readonly keys?: readonly CeremonyKey[];
  /** SHA-256 of a certificate's DER, hex. */
  readonly certificate_sha256?: string;
  readonly text?: string;
}

/** A key ceremony as it went, for people to sign. */
export interface CeremonyTranscript {
  readonly format: typeof CEREMONY_FORMAT;
  /** MSP id. */
  readonly operator: string;
  /** Label of the token. */
  readonly token: string;
  readonly steps: readonly CeremonyStep[];
}

const MAX_TEXT = 4_000;
const TEXT: JsonSchema = { type: 'string', maxLength: MAX_TEXT };
const NAME: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' };
const FLAG: JsonSchema = { type: 'boolean' };
const KEY = closedObject({
  label: NAME,
  role: NAME,
  kid: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' },
  public_key: { type: 'string', pattern: '^0[23][0-9a-f]{64}$' },
  attributes: closedObject({
    sensitive: FLAG,
    extractable: FLAG,
    always_sensitive: FLAG,
    never_extractable: FLAG,
    local: FLAG,
    signs: FLAG,
    derives: FLAG,
  }),
});
const STEP = closedObject(
  {
    n: { type: 'integer', minimum: 0 },
    at: { type: 'integer', minimum: 0 },
    action: { type: 'string', enum: [...CEREMONY_ACTIONS] },
    previous: HEX32,
    keys: { type: 'array', items: KEY, maxItems: MAX_CEREMONY_STEPS },
    certificate_sha256: HEX32,
    text: TEXT,
  },
  ['keys', 'certificate_sha256', 'text'],
);
const TRANSCRIPT = closedObject({
  format: { type: 'string', enum: [CEREMONY_FORMAT] },
  operator: NAME,
  token: NAME,
  steps: { type: 'array', items: STEP, minItems: 1, maxItems: MAX_CEREMONY_STEPS },
});

const NOTHING_BEFORE = '0'.repeat(64);

/** The name of a step: SHA-256 of its canonical JSON, hex. */
export function ceremonyStepHash(step: CeremonyStep): string {
  return sha256Hex(utf8(canonicalize(step)));
}

/** The transcript with one more step. */
export function withCeremonyStep(
  transcript: CeremonyTranscript,
  step: Omit<CeremonyStep, 'n' | 'previous'>,
): CeremonyTranscript {
  const { steps } = transcript;
  const last = steps.at(-1);
  const previous = last === undefined ? NOTHING_BEFORE : ceremonyStepHash(last);
  return { ...transcript, steps: [...steps, { n: steps.length, previous, ...step }] };
}

/**
 * Parses a transcript and checks that no step is missing, changed or out of order. Throws CEREMONY_MALFORMED and the JSON
 * codes; SCHEMA_VIOLATION.
 */
export function parseCeremony(payload: Uint8Array): CeremonyTranscript {
  const value = parseStrictJson(payload);
  assertSchema(TRANSCRIPT, value);
  const transcript = value as unknown as CeremonyTranscript;
  let previous = NOTHING_BEFORE;
  let at = 0;
  transcript.steps.forEach((step, n) => {
    if (step.n !== n || step.previous !== previous || step.at < at) throw broken(n);
    previous = ceremonyStepHash(step);
    ({ at } = step);
  });
  if (transcript.steps[0]?.action !== 'begin') throw broken(0);
  return transcript;
}

function broken(n: number): RegistryError {
  return new RegistryError(
    'CEREMONY_MALFORMED',
    `Step ${n} of the transcript does not follow from the one before.`,
    {
      subject: String(n),
    },
  );
}
