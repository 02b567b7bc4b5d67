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
import { ensureKeys, type HsmClient, TRUST_KEY_LABELS, type TrustKeyLabel } from '../hsm';

/** One key of the operator in its HSM. */
export interface TrustKey {
  readonly label: TrustKeyLabel;
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  /** Compressed point, hex. */
  readonly publicKey: string;
  readonly jwk: EcPublicJwk;
}

export type TrustKeys = Readonly<Record<TrustKeyLabel, TrustKey>>;

const ALGORITHM: Readonly<Record<TrustKeyLabel, string>> = {
  token: 'ES256',
  list: 'ES256',
  report: 'ES256',
  wrap: 'ECDH-ES',
};

/** Finds the keys in the HSM, making those that are missing. */
export async function openTrustKeys(hsm: HsmClient): Promise<TrustKeys> {
  const points = await ensureKeys(hsm);
  const keys = TRUST_KEY_LABELS.map((label) => [label, trustKey(label, points[label])] as const);
  return Object.fromEntries(keys) as unknown as TrustKeys;
}

function trustKey(label: TrustKeyLabel, point: Uint8Array): TrustKey {
  const bare = ecJwk(point);
  const kid = jwkThumbprint(bare);
  const jwk = { ...bare, kid, use: label, alg: ALGORITHM[label] };
  return { label, kid, publicKey: toHex(compressPoint(point)), jwk };
}

/** The operator's public keys; `use` says which of them signs tokens, signs lists, and receives content keys. */
export function publicJwks(keys: TrustKeys): JwkSet {
  return { keys: TRUST_KEY_LABELS.map((label) => keys[label].jwk) };
}

/** The HSM as a signer of envelopes. */
export function hsmSigner(hsm: HsmClient, key: TrustKey): Signer {
  return {
    alg: 'es256',
    publicKey: key.publicKey,
    sign: (message) => hsm.sign(key.label, createHash('sha256').update(message).digest()),
  };
}
