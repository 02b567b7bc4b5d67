import { fromBase64Url, toBase64Url, utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { isPlainObject, parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { type JwkSet, keyThumbprint, publicKeyFromJwk } from '../jose/jwk';
import { MAX_CLOCK_SKEW_S, MAX_TOKEN_BYTES } from '../limits';
import { assertSchema } from '../schemas/validate';
import { SIGNATURE_BYTES, type SignatureAlgorithm } from '../signatures/algorithms';
import { normalizeLowS } from '../signatures/es256';
import { verifySignature } from '../signatures/verify-signature';
import { TOKEN_CLAIMS, type TokenClaims } from './claims';

export interface TokenHeader {
  readonly alg: 'ES256';
  readonly typ: 'rights+jwt';
  readonly kid: string;
}

export interface DecodedToken {
  readonly header: TokenHeader;
  readonly claims: TokenClaims;
  /** What was signed. */
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

export interface TokenVerification {
  /** Keys of the operators, EC P-256 with kid. */
  readonly jwks: JwkSet;
  /** Genesis hash of the network that the verifier belongs to; not checked when absent. */
  readonly network?: string;
  /** Unix seconds. */
  readonly now: number;
  /** Seconds of clock difference tolerated at both ends; 60 when absent. */
  readonly leeway?: number;
}

const COMPACT_PARTS = 3;
/** A dot and 64 bytes in base64url. */
const SIGNATURE_CHARACTERS = 87;
const HEADER_MEMBERS = 3;

/** The text that the HSM signs (ES256, r‖s). Throws SCHEMA_VIOLATION or TOO_LARGE. */
export function tokenSigningInput(claims: TokenClaims, kid: string): string {
  assertSchema(TOKEN_CLAIMS, claims);
  const header: TokenHeader = { alg: 'ES256', typ: 'rights+jwt', kid };
  const input = `${toBase64Url(utf8(canonicalize(header)))}.${toBase64Url(utf8(canonicalize(claims)))}`;
  if (input.length + SIGNATURE_CHARACTERS > MAX_TOKEN_BYTES) {
    throw new RegistryError('TOO_LARGE', `A token has at most ${MAX_TOKEN_BYTES} characters.`);
  }
  return input;
}

/** The compact JWS from its signing input and the signature (r‖s, 64 bytes; either s). */
export function assembleToken(signingInput: string, signature: Uint8Array): string {
  if (signature.length !== SIGNATURE_BYTES) {
    throw new RegistryError('TOKEN_MALFORMED', 'An ES256 signature has 64 bytes.');
  }
  return `${signingInput}.${toBase64Url(normalizeLowS(signature))}`;
}

/** Decodes a token without judging it. Throws TOKEN_MALFORMED or SCHEMA_VIOLATION. */
export function decodeToken(token: string): DecodedToken {
  if (token.length > MAX_TOKEN_BYTES) throw malformed('it is too long');
  const parts = token.split('.');
  const [headerText = '', claimsText = '', signatureText = ''] = parts;
  const signature = fromBase64Url(signatureText);
  if (parts.length !== COMPACT_PARTS || signature?.length !== SIGNATURE_BYTES) {
    throw malformed('it is not a compact JWS with a 64-byte signature');
  }
  const header = parsePart(headerText);
  const claims = parsePart(claimsText);
  assertHeader(header);
  assertSchema(TOKEN_CLAIMS, claims);
  return {
    header,
    claims: claims as unknown as TokenClaims,
    signingInput: `${headerText}.${claimsText}`,
    signature,
  };
}

function malformed(what: string): RegistryError {
  return new RegistryError('TOKEN_MALFORMED', `The token does not parse: ${what}.`);
}

function parsePart(text: string): Record<string, unknown> {
  const bytes = fromBase64Url(text);
  if (bytes !== undefined) {
    try {
      const value = parseStrictJson(bytes);
      if (isPlainObject(value)) return value;
    } catch {
      // Reported below.
    }
  }
  throw malformed('a part is not base64url of a JSON object');
}

/** Exactly these members: no `crit`, no `jwk`, no `none` for a forger to play with. */
function assertHeader(
  header: Record<string, unknown>,
): asserts header is Record<string, unknown> & TokenHeader {
  const { alg, typ, kid } = header;
  const isKnown = Object.keys(header).length === HEADER_MEMBERS && alg === 'ES256' && typ === 'rights+jwt';
  if (!isKnown || typeof kid !== 'string')
    throw malformed('its header is not {alg: ES256, typ: rights+jwt, kid}');
}

/**
 * Verifies a token's signature, network and time. What it permits is `mayExecute`'s to say.
 *
 * @throws RegistryError TOKEN_MALFORMED, TOKEN_KEY_UNKNOWN, TOKEN_SIGNATURE_INVALID, TOKEN_WRONG_NETWORK, TOKEN_NOT_YET_VALID or TOKEN_EXPIRED
 */
export function verifyToken(token: string, verification: TokenVerification): DecodedToken {
  const decoded = decodeToken(token);
  const { header, claims } = decoded;
  const jwk = verification.jwks.keys.find(({ kid, kty }) => kid === header.kid && kty === 'EC');
  if (jwk === undefined) {
    throw new RegistryError('TOKEN_KEY_UNKNOWN', 'No known key has the token’s kid.', {
      subject: header.kid,
    });
  }
  const { alg, publicKey } = publicKeyFromJwk(jwk);
  const message = utf8(decoded.signingInput);
  if (!verifySignature({ alg, publicKey, message, signature: decoded.signature }).valid) {
    throw new RegistryError('TOKEN_SIGNATURE_INVALID', 'The token’s signature does not verify.', {
      subject: header.kid,
    });
  }
  if (verification.network !== undefined && claims.network !== verification.network) {
    throw new RegistryError('TOKEN_WRONG_NETWORK', 'The token is for another network.', {
      subject: claims.network,
    });
  }
  assertTokenTime(claims, verification.now, verification.leeway ?? MAX_CLOCK_SKEW_S);
  return decoded;
}

/** Asserts nbf ≤ now < exp within the leeway: TOKEN_NOT_YET_VALID or TOKEN_EXPIRED. */
export function assertTokenTime(
  claims: Pick<TokenClaims, 'nbf' | 'exp' | 'jti'>,
  now: number,
  leeway: number,
): void {
  if (claims.nbf > now + leeway) {
    throw new RegistryError(
      'TOKEN_NOT_YET_VALID',
      `The token is valid from ${claims.nbf}; it is now ${now}.`,
      {
        subject: claims.jti,
      },
    );
  }
  if (claims.exp <= now - leeway) {
    throw new RegistryError('TOKEN_EXPIRED', `The token expired at ${claims.exp}; it is now ${now}.`, {
      subject: claims.jti,
    });
  }
}

/** Asserts that the token is bound to this key: TOKEN_NOT_BOUND. A stolen token is worth nothing without the key. */
export function assertTokenBoundTo(
  claims: Pick<TokenClaims, 'cnf' | 'jti'>,
  alg: SignatureAlgorithm,
  publicKey: string,
): void {
  if (keyThumbprint(alg, publicKey) !== claims.cnf.jkt) {
    throw new RegistryError('TOKEN_NOT_BOUND', 'The token is bound to another key.', { subject: claims.jti });
  }
}
