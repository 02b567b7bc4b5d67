import { createHash } from 'node:crypto';
import {
  compressPoint,
  ecJwk,
  type EcPublicJwk,
  jwkThumbprint,
  type JwkSet,
  type Signer,
  toHex,
} from '@maker-registry/protocol';
import { ensureKeys, type HsmClient, type KeyVersion, TRUST_KEY_LABELS, type TrustKeyLabel } from '../hsm';

/** One key of the operator in its HSM. */
export interface TrustKey {
  /** What it is for; `use` of its JWK. */
  readonly role: TrustKeyLabel;
  /** Its label in the token. */
  readonly label: string;
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  /** Uncompressed point, 65 bytes. */
  readonly point: Uint8Array;
  /** The same compressed, hex. */
  readonly publicKey: string;
  readonly jwk: EcPublicJwk;
}

/** The current key of each role, and the earlier ones that are not retired yet: they verify and open what is older. */
export type TrustKeys = Readonly<Record<TrustKeyLabel, TrustKey>> & { readonly earlier: readonly TrustKey[] };

const ALGORITHM: Readonly<Record<TrustKeyLabel, string>> = {
  token: 'ES256',
  list: 'ES256',
  report: 'ES256',
  wrap: 'ECDH-ES',
  ocsp: 'ES256',
};

/** Not in the JWK set: an OCSP answer brings the CA's certificate of its key, and nothing else may vouch for it. */
const CERTIFIED: TrustKeyLabel = 'ocsp';

/** Finds the keys in the HSM, making those that are missing. */
export async function openTrustKeys(hsm: HsmClient): Promise<TrustKeys> {
  const roles = await ensureKeys(hsm);
  const current = TRUST_KEY_LABELS.map((role) => [role, trustKey(role, roles[role].current)] as const);
  const earlier = TRUST_KEY_LABELS.flatMap((role) =>
    roles[role].earlier.map((version) => trustKey(role, version)),
  );
  return { ...(Object.fromEntries(current) as unknown as Record<TrustKeyLabel, TrustKey>), earlier };
}

function trustKey(role: TrustKeyLabel, { label, point }: KeyVersion): TrustKey {
  const bytes = Buffer.from(point, 'hex');
  const bare = ecJwk(bytes);
  const kid = jwkThumbprint(bare);
  const jwk = { ...bare, kid, use: role, alg: ALGORITHM[role] };
  return { role, label, kid, point: bytes, publicKey: toHex(compressPoint(bytes)), jwk };
}

/**
 * The operator's public keys; `use` says which of them signs tokens, lists or reports, and receives content keys. The current
 * key of a use comes before its earlier ones.
 */
export function publicJwks(keys: TrustKeys): JwkSet {
  const all = [...TRUST_KEY_LABELS.map((role) => keys[role]), ...keys.earlier];
  return { keys: all.filter(({ role }) => role !== CERTIFIED).map(({ jwk }) => jwk) };
}

/** The key of this role and kid, current or earlier. */
export function trustKeyByKid(keys: TrustKeys, role: TrustKeyLabel, kid: string): TrustKey | undefined {
  return [keys[role], ...keys.earlier].find((key) => key.role === role && key.kid === kid);
}

/** The HSM as a signer of envelopes. */
export function hsmSigner(hsm: HsmClient, key: TrustKey): Signer {
  return {
    alg: 'es256',
    publicKey: key.publicKey,
    sign: (message) => hsm.sign(key.label, createHash('sha256').update(message).digest()),
  };
}
