import { fromBase64Url, fromHex, toBase64Url, toHex } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256 } from '../encoding/hash';
import { RegistryError } from '../errors/registry-error';
import { type SignatureAlgorithm } from '../signatures/algorithms';
import { importPublicKey } from '../signatures/key-cache';

/** A P-256 public key as JWK (RFC 7517). */
export interface EcPublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
}

/** An Ed25519 public key as JWK (RFC 8037). */
export interface OkpPublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
}

export type PublicJwk = EcPublicJwk | OkpPublicJwk;

export interface JwkSet {
  readonly keys: readonly PublicJwk[];
}

const COORDINATE_BYTES = 32;
const UNCOMPRESSED = 0x04;

function keyInvalid(what: string): RegistryError {
  return new RegistryError('KEY_INVALID', `${what}.`);
}

/** Coordinates of a P-256 point, compressed (33 bytes) or not (65), as JWK. Throws KEY_INVALID off the curve. */
export function ecJwk(point: Uint8Array): EcPublicJwk {
  const compressed = compressPoint(point);
  const jwk = importPublicKey('es256', toHex(compressed))?.export({ format: 'jwk' });
  if (jwk?.x === undefined || jwk.y === undefined) throw keyInvalid('The point is not on P-256');
  return { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y };
}

/** The 33-byte form of a P-256 point. Throws KEY_INVALID for another form or, when uncompressed, a point off the curve. */
export function compressPoint(point: Uint8Array): Uint8Array {
  if (point.length === COORDINATE_BYTES + 1 && (point[0] === 2 || point[0] === 3))
    return Uint8Array.from(point);
  if (point.length !== 2 * COORDINATE_BYTES + 1 || point[0] !== UNCOMPRESSED) {
    throw keyInvalid('A P-256 point has 33 or 65 bytes');
  }
  const last = point[2 * COORDINATE_BYTES] ?? 0;
  const compressed = Uint8Array.of(2 + (last & 1), ...point.subarray(1, COORDINATE_BYTES + 1));
  // A compressed point has only two candidates for y; a y that is neither is an attack on the private key it meets.
  if (toHex(uncompressPoint(compressed)) !== toHex(point)) throw keyInvalid('The point is not on P-256');
  return compressed;
}

/** The 65-byte form of a P-256 point. Throws KEY_INVALID off the curve. */
export function uncompressPoint(point: Uint8Array): Uint8Array {
  if (point.length === 2 * COORDINATE_BYTES + 1) {
    compressPoint(point);
    return Uint8Array.from(point);
  }
  const jwk = importPublicKey('es256', toHex(point))?.export({ format: 'jwk' });
  if (jwk?.x === undefined || jwk.y === undefined) throw keyInvalid('The point is not on P-256');
  return Uint8Array.of(UNCOMPRESSED, ...coordinate(jwk.x), ...coordinate(jwk.y));
}

function coordinate(text: string): Uint8Array {
  const bytes = fromBase64Url(text);
  if (bytes?.length !== COORDINATE_BYTES) throw keyInvalid('A coordinate has 32 bytes in base64url');
  return bytes;
}

/** An actor's or service's public key (hex) as JWK. */
export function jwkFromPublicKey(alg: SignatureAlgorithm, publicKey: string): PublicJwk {
  const bytes = fromHex(publicKey);
  return alg === 'es256' ? ecJwk(bytes) : { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(bytes) };
}

/** The algorithm and hex key of a JWK. Throws KEY_INVALID. */
export function publicKeyFromJwk(jwk: PublicJwk): {
  readonly alg: SignatureAlgorithm;
  readonly publicKey: string;
} {
  if (jwk.kty === 'OKP') return { alg: 'ed25519', publicKey: toHex(coordinate(jwk.x)) };
  const point = Uint8Array.of(UNCOMPRESSED, ...coordinate(jwk.x), ...coordinate(jwk.y));
  return { alg: 'es256', publicKey: toHex(compressPoint(point)) };
}

/** RFC 7638 thumbprint, base64url: the name of a key in `cnf.jkt`. */
export function jwkThumbprint(jwk: PublicJwk): string {
  const required =
    jwk.kty === 'EC'
      ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }
      : { crv: jwk.crv, kty: jwk.kty, x: jwk.x };
  return toBase64Url(sha256(canonicalize(required)));
}

/** The thumbprint of a public key given as hex. */
export function keyThumbprint(alg: SignatureAlgorithm, publicKey: string): string {
  return jwkThumbprint(jwkFromPublicKey(alg, publicKey));
}
