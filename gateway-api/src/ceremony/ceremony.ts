import {
  canonicalize,
  CEREMONY_FORMAT,
  type CeremonyKey,
  type CeremonyStep,
  type CeremonyTranscript,
  compressPoint,
  ecJwk,
  jwkThumbprint,
  parseCeremony,
  toHex,
  withCeremonyStep,
} from '@maker-registry/protocol';
import { certificateBytes, parseCertificate } from '@maker-registry/pki';
import { createHash, createPublicKey } from 'node:crypto';
import {
  HsmError,
  type HsmClient,
  type KeyDescription,
  type KeyVersion,
  keyVersions,
  labelOf,
  MAX_KEY_VERSIONS,
  shortcomings,
  TRUST_KEY_LABELS,
  TRUST_KEYS,
  type TrustKeyLabel,
} from '../hsm';
import { CeremonyError } from './ceremony-error';

type Hsm = Pick<HsmClient, 'inspect' | 'generateKey' | 'destroyKey'>;

export interface CeremonyTools {
  readonly hsm: Hsm;
  /** Unix seconds. */
  readonly now: () => number;
}

/** A transcript with its newest step at the end. */
type Grown = Promise<CeremonyTranscript>;

/** Begins a transcript: whose token, what it holds, and how the token is backed up and by whom it is restored. */
export async function begin(
  { hsm, now }: CeremonyTools,
  { operator, token, backupPolicy }: { operator: string; token: string; backupPolicy: string },
): Grown {
  const empty: CeremonyTranscript = { format: CEREMONY_FORMAT, operator, token, steps: [] };
  const keys = trustKeysAmong(await hsm.inspect());
  return record(empty, { at: now(), action: 'begin', keys, text: backupPolicy });
}

/**
 * Makes a key for a role: its first, or one that takes over from the newest while that stays for what it has signed or
 * received. The step says what the token says of the key, not what was asked of it.
 */
export async function generate(
  { hsm, now }: CeremonyTools,
  transcript: CeremonyTranscript,
  role: TrustKeyLabel,
): Grown {
  const versions = keyVersions(await hsm.inspect(), role, TRUST_KEYS[role]);
  const version = (versions.at(-1)?.version ?? 0) + 1;
  if (version > MAX_KEY_VERSIONS) {
    throw new CeremonyError(
      `The role ${role} has had ${MAX_KEY_VERSIONS} keys; retire the earlier ones and begin with a new token.`,
    );
  }
  const label = labelOf(role, version);
  const at = now();
  // Before the key is made: what cannot be recorded must not happen.
  record(transcript, { at, action: 'generate' });
  await hsm.generateKey(label, { usage: TRUST_KEYS[role] });
  const made = await described(hsm, label);
  const faults = shortcomings(made, TRUST_KEYS[role]);
  if (faults.length > 0) throw new HsmError('HSM_KEY_UNSAFE', `key "${label}" ${faults.join(', ')}`);
  return record(transcript, { at, action: 'generate', keys: [ceremonyKey(made, role)] });
}

/** Records the certificate that the CA gave a role's newest key. */
export async function certify(
  { hsm, now }: CeremonyTools,
  transcript: CeremonyTranscript,
  { role, certificate }: { role: TrustKeyLabel; certificate: Uint8Array },
): Grown {
  const newest = keyVersions(await hsm.inspect(), role, TRUST_KEYS[role]).at(-1);
  if (newest === undefined) throw new CeremonyError(`The role ${role} has no key.`);
  const key = await described(hsm, newest.label);
  const der = certificateBytes(certificate);
  const own = createPublicKey({ key: { ...ecJwk(pointOf(key)) }, format: 'jwk' });
  if (!parseCertificate(der).publicKey.equals(own)) {
    throw new CeremonyError(`The certificate is not of key ${newest.label}.`);
  }
  return record(transcript, {
    at: now(),
    action: 'certify',
    keys: [ceremonyKey(key, role)],
    certificate_sha256: createHash('sha256').update(der).digest('hex'),
  });
}

/** Destroys a version of a role's key that another has taken over from. What only it opens is lost. */
export async function retire(
  { hsm, now }: CeremonyTools,
  transcript: CeremonyTranscript,
  { role, version, reason }: { role: TrustKeyLabel; version: number; reason: string },
): Grown {
  const versions = keyVersions(await hsm.inspect(), role, TRUST_KEYS[role]);
  const retired = versions.find((one) => one.version === version);
  assertMayRetire(role, version, versions, retired);
  const key = await described(hsm, labelOf(role, version));
  // Before the key goes: what cannot be recorded must not happen.
  const grown = record(transcript, {
    at: now(),
    action: 'retire',
    keys: [ceremonyKey(key, role)],
    text: reason,
  });
  await hsm.destroyKey(key.label);
  if ((await hsm.inspect()).some(({ label }) => label === key.label)) {
    throw new CeremonyError(`The token still has key ${key.label}.`);
  }
  return grown;
}

function assertMayRetire(
  role: TrustKeyLabel,
  version: number,
  versions: readonly KeyVersion[],
  retired: KeyVersion | undefined,
): void {
  if (retired === undefined) throw new CeremonyError(`The role ${role} has no key of version ${version}.`);
  if (retired !== versions.at(-1)) return;
  throw new CeremonyError(
    `Version ${version} is the newest key of ${role}; make another first, so that the role is never without one.`,
  );
}

/** Records what the token holds for the trust services. */
export async function inspect({ hsm, now }: CeremonyTools, transcript: CeremonyTranscript): Grown {
  return record(transcript, {
    at: now(),
    action: 'inspect',
    keys: trustKeysAmong(await hsm.inspect()),
  });
}

/** Records words: who was there, what happened outside the token. */
export function note(
  { now }: CeremonyTools,
  transcript: CeremonyTranscript,
  text: string,
): CeremonyTranscript {
  return record(transcript, { at: now(), action: 'note', text });
}

/** The transcript with this step, if it can be read again: words too long, or a clock that went back, would end it for good. */
function record(
  transcript: CeremonyTranscript,
  step: Omit<CeremonyStep, 'n' | 'previous'>,
): CeremonyTranscript {
  return parseCeremony(Buffer.from(canonicalize(withCeremonyStep(transcript, step))));
}

function trustKeysAmong(keys: readonly KeyDescription[]): CeremonyKey[] {
  return TRUST_KEY_LABELS.flatMap((role) =>
    keyVersions(keys, role, TRUST_KEYS[role]).flatMap(({ label }) =>
      keys.filter((key) => key.label === label).map((key) => ceremonyKey(key, role)),
    ),
  );
}

async function described(hsm: Hsm, label: string): Promise<KeyDescription> {
  const key = (await hsm.inspect()).find((one) => one.label === label);
  if (key === undefined) throw new CeremonyError(`The token does not show key ${label}.`);
  return key;
}

function pointOf({ label, point }: KeyDescription): Buffer {
  if (point === undefined)
    throw new CeremonyError(`The token does not show the public part of key ${label}.`);
  return Buffer.from(point, 'hex');
}

function ceremonyKey(key: KeyDescription, role: TrustKeyLabel): CeremonyKey {
  const point = pointOf(key);
  const { sensitive, extractable, always_sensitive, never_extractable, local, signs, derives } = key;
  return {
    label: key.label,
    role,
    kid: jwkThumbprint(ecJwk(point)),
    public_key: toHex(compressPoint(point)),
    attributes: { sensitive, extractable, always_sensitive, never_extractable, local, signs, derives },
  };
}
