import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isPlainObject, parseStrictJson } from '@maker-registry/protocol';
import { MAX_JWKS_BYTES, MAX_JWKS_KEYS } from '../limits';

/** Signature algorithms of bearer tokens. */
export type JwtAlgorithm = 'ES256' | 'RS256' | 'EdDSA';

/** A key of an issuer, with the one algorithm it is good for. */
export interface VerificationJwk {
  readonly kid: string | undefined;
  readonly algorithm: JwtAlgorithm;
  readonly key: KeyObject;
}

/** Bits: shorter RSA keys are refused (NIST SP 800-131A). */
const MIN_RSA_BITS = 2_048;

/** Reads a JWKS; keys of other types and uses are left out. Throws when the text is no JWKS or holds no usable key. */
export function readJwks(text: string | Uint8Array): readonly VerificationJwk[] {
  const value = parseStrictJson(text, { maxBytes: MAX_JWKS_BYTES });
  const keys = isPlainObject(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length > MAX_JWKS_KEYS) throw new Error('The document is not a JWKS');
  const usable = keys.flatMap((key) => (isPlainObject(key) ? readJwk(key) : []));
  if (usable.length === 0) throw new Error('The JWKS holds no key for ES256, RS256 or EdDSA signatures');
  return usable;
}

function readJwk(jwk: Record<string, unknown>): VerificationJwk[] {
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return [];
  const algorithm = algorithmOf(jwk);
  // The algorithm follows from the type of the key; a JWK that claims another one is contradictory.
  if (algorithm === undefined || (jwk['alg'] !== undefined && jwk['alg'] !== algorithm)) return [];
  const key = importKey(jwk, algorithm);
  const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : undefined;
  return key === undefined ? [] : [{ kid, algorithm, key }];
}

function algorithmOf(jwk: Record<string, unknown>): JwtAlgorithm | undefined {
  if (jwk['kty'] === 'EC' && jwk['crv'] === 'P-256') return 'ES256';
  if (jwk['kty'] === 'RSA') return 'RS256';
  return jwk['kty'] === 'OKP' && jwk['crv'] === 'Ed25519' ? 'EdDSA' : undefined;
}

const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;

function importKey(jwk: Record<string, unknown>, algorithm: JwtAlgorithm): KeyObject | undefined {
  const members = Object.fromEntries(
    PUBLIC_MEMBERS.flatMap((name) => (name in jwk ? [[name, jwk[name]]] : [])),
  );
  try {
    const key = createPublicKey({ key: members as JsonWebKey, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS;
    return algorithm === 'RS256' && bits < MIN_RSA_BITS ? undefined : key;
  } catch {
    return undefined;
  }
}
