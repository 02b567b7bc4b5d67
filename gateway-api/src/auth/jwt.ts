import { verify } from 'node:crypto';
import { isPlainObject, parseStrictJson, RegistryError } from '@maker-registry/protocol';
import { CLOCK_LEEWAY_S, MAX_JWT_LENGTH } from '../limits';
import { type JwtAlgorithm, type VerificationJwk } from './jwk';

export type JwtClaims = Readonly<Record<string, unknown>>;

export interface JwtExpectation {
  readonly issuer: string;
  readonly audience: string;
  /** Unix seconds */
  readonly now: number;
}

export interface ParsedJwt {
  readonly kid: string | undefined;
  readonly algorithm: string;
  readonly claims: JwtClaims;
  readonly signingInput: Buffer;
  readonly signature: Buffer;
}

const BASE64URL = /^[A-Za-z0-9_-]+$/;

function refuse(reason: string, cause?: unknown): RegistryError {
  return new RegistryError('UNAUTHENTICATED', `The bearer token is refused: ${reason}.`, { cause });
}

/** Takes a compact JWS apart; nothing of it is trusted yet. Throws UNAUTHENTICATED. */
export function parseJwt(token: string): ParsedJwt {
  if (token.length > MAX_JWT_LENGTH) throw refuse('it is too long');
  const [header, claims, signature, ...rest] = token.split('.');
  if (header === undefined || claims === undefined || signature === undefined || rest.length > 0) {
    throw refuse('it is not a compact JWS');
  }
  const { alg, kid, crit } = parsePart(header);
  if (crit !== undefined) throw refuse('its header has critical extensions');
  if (!BASE64URL.test(signature)) throw refuse('its signature is not base64url');
  return {
    kid: typeof kid === 'string' ? kid : undefined,
    algorithm: typeof alg === 'string' ? alg : '',
    claims: parsePart(claims),
    signingInput: Buffer.from(`${header}.${claims}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

function parsePart(part: string): Record<string, unknown> {
  if (!BASE64URL.test(part)) throw refuse('a part is not base64url');
  let value: unknown;
  try {
    value = parseStrictJson(Buffer.from(part, 'base64url'), { maxBytes: MAX_JWT_LENGTH });
  } catch (cause) {
    throw refuse('a part is not JSON', cause);
  }
  if (!isPlainObject(value)) throw refuse('a part is not an object');
  return value;
}

/**
 * Verifies the signature and the claims exp, nbf, iss and aud. The algorithm is that of the key; a header that names
 * another one (`none`, HS256 over a public key) is refused.
 *
 * @throws RegistryError UNAUTHENTICATED
 */
export function verifyJwt(
  jwt: ParsedJwt,
  keys: readonly VerificationJwk[],
  expected: JwtExpectation,
): JwtClaims {
  const candidates = keys.filter((key) => jwt.kid === undefined || key.kid === jwt.kid);
  if (candidates.length === 0) throw refuse('no key of the issuer has its key id');
  const signer = candidates.find((key) => key.algorithm === jwt.algorithm && signatureFits(jwt, key));
  if (signer === undefined) throw refuse('its signature does not verify');
  assertClaims(jwt.claims, expected);
  return jwt.claims;
}

const DIGEST: Readonly<Record<JwtAlgorithm, string | null>> = {
  ES256: 'sha256',
  RS256: 'sha256',
  EdDSA: null,
};

function signatureFits(jwt: ParsedJwt, { algorithm, key }: VerificationJwk): boolean {
  return verify(DIGEST[algorithm], jwt.signingInput, { key, dsaEncoding: 'ieee-p1363' }, jwt.signature);
}

function assertClaims(claims: JwtClaims, { issuer, audience, now }: JwtExpectation): void {
  if (claims['iss'] !== issuer) throw refuse('it is of another issuer');
  const audiences: unknown[] = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']];
  if (!audiences.includes(audience)) throw refuse('it is for another audience');
  assertValidAt(claims, now);
  if (typeof claims['sub'] !== 'string' || claims['sub'] === '') throw refuse('it names no subject');
}

function assertValidAt({ exp, nbf = 0 }: JwtClaims, now: number): void {
  if (typeof exp !== 'number' || exp + CLOCK_LEEWAY_S <= now) throw refuse('it has expired');
  if (typeof nbf !== 'number' || nbf - CLOCK_LEEWAY_S > now) throw refuse('it is not valid yet');
}
