import {
  type Envelope,
  envelopePae,
  payloadBytes,
  type VerificationKey,
  verifySignatures,
} from '../intents/envelope';
import { RegistryError } from '../errors/registry-error';
import {
  CEREMONY_PAYLOAD_TYPE,
  type CeremonyKey,
  type CeremonyKeyAttributes,
  type CeremonyTranscript,
  parseCeremony,
} from './transcript';

/** People who sign a transcript: nobody makes keys alone. */
export const MIN_CEREMONY_WITNESSES = 2;

/** A ceremony that holds, and the keys that it leaves in the token. */
export interface CeremonyReport {
  readonly transcript: CeremonyTranscript;
  /** Made and not retired, as the token described them. */
  readonly keys: readonly CeremonyKey[];
}

/**
 * Checks a signed transcript offline: the chain of its steps, the signatures of exactly these witnesses, at least two, and
 * that every key it made was made in the token, never left it and does one thing only.
 *
 * @throws RegistryError CEREMONY_MALFORMED, CEREMONY_WITNESSES, CEREMONY_KEY_UNSAFE; the codes of envelopes and JSON
 */
export function checkCeremony(envelope: Envelope, witnesses: readonly VerificationKey[]): CeremonyReport {
  assertCeremonyEnvelope(envelope);
  if (new Set(witnesses.map(({ keyid }) => keyid)).size < MIN_CEREMONY_WITNESSES) {
    throw new RegistryError(
      'CEREMONY_WITNESSES',
      `A transcript has at least ${MIN_CEREMONY_WITNESSES} witnesses.`,
    );
  }
  const transcript = parseCeremony(payloadBytes(envelope));
  verifySignatures(envelope, envelopePae(envelope), witnesses);
  return { transcript, keys: remainingKeys(transcript) };
}

/**
 * A signature counts for the type that it is made under: nobody signs or checks a transcript under another's.
 *
 * @throws RegistryError CEREMONY_MALFORMED
 */
export function assertCeremonyEnvelope(envelope: Envelope): void {
  if (envelope.payloadType !== CEREMONY_PAYLOAD_TYPE) {
    throw new RegistryError('CEREMONY_MALFORMED', 'The envelope holds no transcript of a ceremony.');
  }
}

function remainingKeys({ steps }: CeremonyTranscript): readonly CeremonyKey[] {
  const keys = new Map<string, CeremonyKey>();
  for (const { action, keys: named = [] } of steps) {
    for (const key of named) {
      if (action === 'retire') keys.delete(key.label);
      if (action !== 'generate') continue;
      assertSafe(key);
      if (keys.has(key.label)) {
        throw new RegistryError('CEREMONY_MALFORMED', `Key ${key.label} was made twice.`, {
          subject: key.label,
        });
      }
      keys.set(key.label, key);
    }
  }
  return [...keys.values()];
}

const WANTED: Readonly<Partial<Record<keyof CeremonyKeyAttributes, boolean>>> = {
  sensitive: true,
  extractable: false,
  always_sensitive: true,
  never_extractable: true,
  local: true,
};

function assertSafe({ label, attributes }: CeremonyKey): void {
  const differing = Object.entries(WANTED)
    .filter(([name, wanted]) => attributes[name as keyof CeremonyKeyAttributes] !== wanted)
    .map(([name]) => name);
  if (attributes.signs === attributes.derives) differing.push('signs', 'derives');
  if (differing.length === 0) return;
  throw new RegistryError(
    'CEREMONY_KEY_UNSAFE',
    `Key ${label} is not as it must be: ${differing.join(', ')}.`,
    {
      subject: label,
    },
  );
}
