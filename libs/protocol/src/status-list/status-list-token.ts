import { fromBase64Url, toBase64Url, utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { isPlainObject, parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { type JwkSet, publicKeyFromJwk } from '../jose/jwk';
import { MAX_CLOCK_SKEW_S, MAX_STATUS_TOKEN_CHARACTERS } from '../limits';
import { type JsonSchema, UNIX_TIME } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';
import { SIGNATURE_BYTES } from '../signatures/algorithms';
import { normalizeLowS } from '../signatures/es256';
import { verifySignature } from '../signatures/verify-signature';
import { compressStatuses, inflateStatuses, STATUS_BITS, statusAt, type StatusBits } from './status-array';

/** Media type of a status list token in JWT form, without `application/`. */
export const STATUS_LIST_TYPE = 'statuslist+jwt';

/** Claims of a status list token (draft-ietf-oauth-status-list §5.1), as far as they concern us. */
export interface StatusListClaims {
  /** The list's own address. */
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  /** Seconds after which a newer one may be fetched. */
  readonly ttl: number;
  readonly status_list: { readonly bits: StatusBits; readonly lst: string };
}

/** A status list whose signature, address and time have been checked. */
export interface OpenedStatusList {
  readonly claims: Pick<StatusListClaims, 'sub' | 'iat'> & { readonly exp?: number };
  /** The status at an index. Throws STATUS_LIST_MALFORMED beyond the list. */
  readonly statusAt: (index: number) => number;
}

export interface StatusListVerification {
  /** Keys of the operator that issued the token in question, not those of others: only it speaks about its tokens. */
  readonly jwks: JwkSet;
  /** `uri` of the token's reference. */
  readonly uri: string;
  /** Unix seconds. */
  readonly now: number;
  /** Seconds that the list may be old, where the caller has a policy of its own. */
  readonly maxAgeS?: number | undefined;
}

/** Other claims are permitted by the draft and say nothing to us. */
const CLAIMS: JsonSchema = {
  type: 'object',
  required: ['sub', 'iat', 'status_list'],
  properties: {
    sub: { type: 'string', maxLength: 2_048 },
    iat: UNIX_TIME,
    exp: UNIX_TIME,
    ttl: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    status_list: {
      type: 'object',
      required: ['bits', 'lst'],
      properties: { bits: { type: 'integer', enum: [...STATUS_BITS] }, lst: { type: 'string' } },
    },
  },
};

const COMPACT_PARTS = 3;

/** The text that the HSM signs (ES256, r‖s). `statuses` are packed bytes. */
export function statusListSigningInput(
  claims: Omit<StatusListClaims, 'status_list'>,
  packed: { readonly bits: StatusBits; readonly statuses: Uint8Array },
  kid: string,
): string {
  const lst = toBase64Url(compressStatuses(packed.statuses));
  const body: StatusListClaims = { ...claims, status_list: { bits: packed.bits, lst } };
  const header = { alg: 'ES256', kid, typ: STATUS_LIST_TYPE };
  return `${toBase64Url(utf8(canonicalize(header)))}.${toBase64Url(utf8(canonicalize(body)))}`;
}

/** The compact JWS from its signing input and the signature (r‖s, 64 bytes; either s). */
export function assembleStatusList(signingInput: string, signature: Uint8Array): string {
  return `${signingInput}.${toBase64Url(normalizeLowS(signature))}`;
}

/**
 * Opens a status list token for one of the issuer's tokens.
 *
 * @throws RegistryError STATUS_LIST_MALFORMED, STATUS_LIST_UNTRUSTED or STATUS_LIST_EXPIRED
 */
export function openStatusList(token: string, verification: StatusListVerification): OpenedStatusList {
  const { header, claims, signingInput, signature } = decode(token);
  assertSigned(header, signingInput, signature, verification.jwks);
  if (claims.sub !== verification.uri) {
    throw new RegistryError('STATUS_LIST_UNTRUSTED', 'The status list is another one than the token names.', {
      subject: claims.sub,
    });
  }
  assertTime(claims, verification);
  const { bits, lst } = claims.status_list;
  const compressed = fromBase64Url(lst);
  if (compressed === undefined) throw malformed('lst is not base64url');
  const statuses = inflateStatuses(compressed);
  return { claims, statusAt: (index) => statusAt(statuses, bits, index) };
}

type Claims = Omit<StatusListClaims, 'exp' | 'ttl'> & { readonly exp?: number };

interface Decoded {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Claims;
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

function decode(token: string): Decoded {
  if (token.length > MAX_STATUS_TOKEN_CHARACTERS) throw malformed('it is too long');
  const parts = token.split('.');
  const [headerText = '', claimsText = '', signatureText = ''] = parts;
  const signature = fromBase64Url(signatureText);
  if (parts.length !== COMPACT_PARTS || signature?.length !== SIGNATURE_BYTES) {
    throw malformed('it is not a compact JWS with a 64-byte signature');
  }
  const header = parsePart(headerText);
  const claims = checkedClaims(parsePart(claimsText));
  assertHeader(header);
  return { header, claims, signingInput: `${headerText}.${claimsText}`, signature };
}

function assertHeader({ alg, typ, crit }: Record<string, unknown>): void {
  if (alg === 'ES256' && typ === STATUS_LIST_TYPE && crit === undefined) return;
  throw malformed(`its header is not {alg: ES256, typ: ${STATUS_LIST_TYPE}, kid}`);
}

function checkedClaims(claims: Record<string, unknown>): Claims {
  try {
    assertSchema(CLAIMS, claims);
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : 'its claims are of another form');
  }
  return claims as unknown as Claims;
}

function parsePart(text: string): Record<string, unknown> {
  const bytes = fromBase64Url(text);
  if (bytes !== undefined) {
    try {
      const value = parseStrictJson(bytes, { maxBytes: MAX_STATUS_TOKEN_CHARACTERS });
      if (isPlainObject(value)) return value;
    } catch {
      // Reported below.
    }
  }
  throw malformed('a part is not base64url of a JSON object');
}

function assertSigned(
  header: Readonly<Record<string, unknown>>,
  signingInput: string,
  signature: Uint8Array,
  jwks: JwkSet,
): void {
  const jwk = jwks.keys.find(({ kid, kty }) => kid === header['kid'] && kid !== undefined && kty === 'EC');
  if (jwk !== undefined) {
    const { alg, publicKey } = publicKeyFromJwk(jwk);
    if (verifySignature({ alg, publicKey, message: utf8(signingInput), signature }).valid) return;
  }
  throw new RegistryError('STATUS_LIST_UNTRUSTED', 'The status list is not signed by the token’s issuer.');
}

function assertTime({ iat, exp }: Claims, { now, maxAgeS }: StatusListVerification): void {
  const isFuture = iat > now + MAX_CLOCK_SKEW_S;
  const isOver = exp !== undefined && exp <= now;
  if (!isFuture && !isOver && (maxAgeS === undefined || now - iat <= maxAgeS)) return;
  throw new RegistryError('STATUS_LIST_EXPIRED', `The status list was issued at ${iat}; it is now ${now}.`, {
    subject: String(iat),
  });
}

function malformed(what: string): RegistryError {
  return new RegistryError('STATUS_LIST_MALFORMED', `The token status list does not parse: ${what}.`);
}
