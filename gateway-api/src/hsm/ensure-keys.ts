import { type HsmClient } from './hsm-client';
import { HsmError } from './hsm-error';
import { type KeyUsage } from './messages';

/**
 * The trust services' own keys, by label: one purpose a key, so that one can be rotated without the others.
 * CRLs are not among them: RFC 5280 wants them signed by the key of the CA whose certificates they list.
 */
export const TRUST_KEYS = {
  token: 'sign',
  list: 'sign',
  report: 'sign',
  wrap: 'derive',
} as const satisfies Record<string, KeyUsage>;

export type TrustKeyLabel = keyof typeof TRUST_KEYS;

export const TRUST_KEY_LABELS = Object.keys(TRUST_KEYS) as TrustKeyLabel[];

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

/** Makes the trust services' keys that the organisation's token lacks; returns every public point (65 bytes). */
export async function ensureKeys(hsm: HsmClient): Promise<Readonly<Record<TrustKeyLabel, Uint8Array>>> {
  const points: [TrustKeyLabel, Uint8Array][] = [];
  for (const label of TRUST_KEY_LABELS) points.push([label, await ensureKey(hsm, label, TRUST_KEYS[label])]);
  return Object.fromEntries(points) as Record<TrustKeyLabel, Uint8Array>;
}
