import { type HsmClient } from './hsm-client';
import { HsmError } from './hsm-error';
import { keyVersions, type KeyVersion } from './key-versions';
import { type KeyDescription, type KeyUsage } from './messages';

/**
 * The trust services' own keys, by label: one purpose a key, so that one can be rotated without the others.
 * CRLs are not among them: RFC 5280 wants them signed by the key of the CA whose certificates they list.
 */
export const TRUST_KEYS = {
  token: 'sign',
  list: 'sign',
  report: 'sign',
  wrap: 'derive',
  ocsp: 'sign',
} as const satisfies Record<string, KeyUsage>;

export type TrustKeyLabel = keyof typeof TRUST_KEYS;

export const TRUST_KEY_LABELS = Object.keys(TRUST_KEYS) as TrustKeyLabel[];

/** A role's keys: new signatures are by the current one, earlier ones verify and open what is older until they are retired. */
export interface RoleKeys {
  readonly current: KeyVersion;
  readonly earlier: readonly KeyVersion[];
}

async function ensureRole(
  hsm: HsmClient,
  label: TrustKeyLabel,
  keys: readonly KeyDescription[],
): Promise<RoleKeys> {
  const versions = keyVersions(keys, label, TRUST_KEYS[label]);
  const current = versions.at(-1);
  if (current !== undefined) return { current, earlier: versions.slice(0, -1) };
  const point = Buffer.from(await ensureKey(hsm, label, TRUST_KEYS[label])).toString('hex');
  return { current: { version: 1, label, point }, earlier: [] };
}

/** The public point (65 bytes) of a key, which is made where the token lacks it. Throws HsmError. */
export async function ensureKey(hsm: HsmClient, label: string, usage: KeyUsage): Promise<Uint8Array> {
  try {
    return await hsm.publicKey(label);
  } catch (error) {
    if (!(error instanceof HsmError) || error.code !== 'HSM_KEY_MISSING') throw error;
  }
  try {
    return await hsm.generateKey(label, { usage });
  } catch (error) {
    // Another gateway of the organisation starts at the same moment and was first.
    if (error instanceof HsmError && error.code === 'HSM_KEY_EXISTS') return hsm.publicKey(label);
    throw error;
  }
}

/**
 * Makes the trust services' keys that the organisation's token lacks, and checks those that it has: a key that may leave the
 * token, or that two keys have the name of, ends the start. Throws HsmError.
 */
export async function ensureKeys(hsm: HsmClient): Promise<Readonly<Record<TrustKeyLabel, RoleKeys>>> {
  const present = await hsm.inspect();
  const roles: [TrustKeyLabel, RoleKeys][] = [];
  for (const label of TRUST_KEY_LABELS) roles.push([label, await ensureRole(hsm, label, present)]);
  return Object.fromEntries(roles) as Record<TrustKeyLabel, RoleKeys>;
}
