import { createCipheriv, createDecipheriv, createECDH } from 'node:crypto';
import { concatBytes, fromBase64Url, fromHex, toBase64Url, u32, utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256 } from '../encoding/hash';
import { isPlainObject, parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { ecJwk, type EcPublicJwk, publicKeyFromJwk, uncompressPoint } from './jwk';

/** Direct agreement: the agreed key encrypts the content. */
const DIRECT = 'ECDH-ES';
/** Agreement with key wrapping, as the Confidential Containers key broker answers to elliptic-curve keys. */
const WRAPPED = 'ECDH-ES+A256KW';
const ENC = 'A256GCM';
const KEY_BITS = 256;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const BITS_PER_BYTE = 8;
const KEY_WRAP_CIPHER = 'id-aes256-wrap';
/** RFC 3394 §2.2.3.1. */
const KEY_WRAP_IV = new Uint8Array(8).fill(0xa6);
/** A wrapped 256-bit key: eight bytes of check more. */
const WRAPPED_KEY_BYTES = 40;
/** Characters of a compact JWE: content keys are 32 bytes, nothing here is long. */
const MAX_JWE_LENGTH = 65_536;
const COMPACT_PARTS = 5;
const CURVE = 'prime256v1';
const HEADER_MEMBERS: ReadonlySet<string> = new Set(['alg', 'enc', 'epk', 'apu', 'apv', 'kid']);

export interface SealRequest {
  /** P-256 point of the recipient, 33 or 65 bytes. */
  readonly recipientPublic: Uint8Array;
  /** 32 random bytes, used for this JWE only. */
  readonly ephemeralPrivate: Uint8Array;
  /** 12 random bytes. */
  readonly iv: Uint8Array;
  readonly plaintext: Uint8Array;
  /** Who sends and who receives; mixed into the key. */
  readonly apu?: Uint8Array;
  readonly apv?: Uint8Array;
  readonly kid?: string;
  /**
   * 32 random bytes, used for this JWE only: the content is encrypted with them, and they are wrapped with the agreed key
   * (ECDH-ES+A256KW). Absent: the agreed key encrypts the content (ECDH-ES).
   */
  readonly contentEncryptionKey?: Uint8Array;
}

/** A parsed compact JWE. */
export interface ParsedJwe {
  /** The sender's ephemeral point, 65 bytes, on the curve: what an HSM or TPM derives the shared secret from. */
  readonly ephemeralPublic: Uint8Array;
  readonly apu: Uint8Array;
  readonly apv: Uint8Array;
  readonly kid: string | undefined;
  /** The wrapped content encryption key; empty with direct agreement. */
  readonly encryptedKey: Uint8Array;
  readonly aad: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

export type OpenRequest = { readonly jwe: string } & (
  | {
      /** x-coordinate of the shared point, 32 bytes, from CKM_ECDH1_DERIVE or TPM2_ECDH_ZGen. */ readonly sharedSecret: Uint8Array;
    }
  | { /** The recipient's private scalar, 32 bytes. */ readonly privateKey: Uint8Array }
);

/** Concat KDF of RFC 7518 §4.6.2 for keys up to 256 bits: one round of SHA-256. */
export function concatKdf(
  sharedSecret: Uint8Array,
  algorithmId: string,
  parties: { readonly apu: Uint8Array; readonly apv: Uint8Array },
  keyBits: 128 | 256,
): Uint8Array {
  const lp32 = (bytes: Uint8Array): Uint8Array => concatBytes(u32(bytes.length), bytes);
  const info = concatBytes(lp32(utf8(algorithmId)), lp32(parties.apu), lp32(parties.apv), u32(keyBits));
  const input = concatBytes(u32(1), sharedSecret, info);
  const digest = sha256(input);
  input.fill(0);
  return digest.subarray(0, keyBits / BITS_PER_BYTE);
}

/**
 * Encrypts to a P-256 key: compact JWE, ECDH-ES or ECDH-ES+A256KW with A256GCM. The caller overwrites what it gave; what is
 * derived from it is overwritten here. Throws KEY_INVALID.
 */
export function sealJwe(request: SealRequest): string {
  const { contentEncryptionKey } = request;
  assertLengths(request);
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(request.ephemeralPrivate);
  const sharedSecret = ecdh.computeSecret(uncompressPoint(request.recipientPublic));
  const apu = request.apu ?? new Uint8Array();
  const apv = request.apv ?? new Uint8Array();
  const header = {
    alg: contentEncryptionKey === undefined ? DIRECT : WRAPPED,
    enc: ENC,
    epk: ecJwk(new Uint8Array(ecdh.getPublicKey())),
    ...(apu.length === 0 ? {} : { apu: toBase64Url(apu) }),
    ...(apv.length === 0 ? {} : { apv: toBase64Url(apv) }),
    ...(request.kid === undefined ? {} : { kid: request.kid }),
  };
  const protectedHeader = toBase64Url(utf8(canonicalize(header)));
  const agreed = concatKdf(sharedSecret, algorithmId(header.alg), { apu, apv }, KEY_BITS);
  sharedSecret.fill(0);
  try {
    const cipher = createCipheriv('aes-256-gcm', contentEncryptionKey ?? agreed, request.iv);
    cipher.setAAD(utf8(protectedHeader));
    const ciphertext = concatBytes(cipher.update(request.plaintext), cipher.final());
    const parts = [request.iv, ciphertext, cipher.getAuthTag()].map((part) => toBase64Url(part));
    const encryptedKey =
      contentEncryptionKey === undefined ? '' : toBase64Url(wrap(agreed, contentEncryptionKey));
    return [protectedHeader, encryptedKey, ...parts].join('.');
  } finally {
    agreed.fill(0);
  }
}

function assertLengths({ ephemeralPrivate, iv, contentEncryptionKey }: SealRequest): void {
  const isSound =
    ephemeralPrivate.length === KEY_BYTES &&
    iv.length === IV_BYTES &&
    (contentEncryptionKey === undefined || contentEncryptionKey.length === KEY_BYTES);
  if (isSound) return;
  throw new RegistryError('KEY_INVALID', 'A JWE takes keys of 32 bytes and an iv of 12 bytes.');
}

/** AlgorithmID of the key derivation (RFC 7518 §4.6.2): the key's use, content encryption or key wrapping. */
function algorithmId(alg: string): string {
  return alg === DIRECT ? ENC : WRAPPED;
}

function wrap(keyEncryptionKey: Uint8Array, key: Uint8Array): Uint8Array {
  const cipher = createCipheriv(KEY_WRAP_CIPHER, keyEncryptionKey, KEY_WRAP_IV);
  return concatBytes(cipher.update(key), cipher.final());
}

function unwrap(keyEncryptionKey: Uint8Array, wrapped: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(KEY_WRAP_CIPHER, keyEncryptionKey, KEY_WRAP_IV);
  const unwrapped = decipher.update(wrapped);
  try {
    return concatBytes(unwrapped, decipher.final());
  } finally {
    unwrapped.fill(0);
  }
}

/** The flattened JSON serialization of RFC 7516 §7.2.2, in which the key broker protocol answers. */
export interface FlattenedJwe {
  readonly protected: string;
  readonly encrypted_key: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

/** A compact JWE in its flattened form; the bytes are the same. */
export function flattenJwe(jwe: string): FlattenedJwe {
  const [header = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] = jwe.split('.');
  return { protected: header, encrypted_key: encryptedKey, iv, ciphertext, tag };
}

/** The compact form of a flattened JWE as received. Throws JWE_MALFORMED, also for members beyond the five. */
export function compactJwe(value: unknown): string {
  if (!isPlainObject(value) || Object.keys(value).length !== COMPACT_PARTS) {
    throw malformed('it is not a flattened JWE of five members');
  }
  const parts = [value['protected'], value['encrypted_key'], value['iv'], value['ciphertext'], value['tag']];
  if (!parts.every((one) => typeof one === 'string' && !one.includes('.')))
    throw malformed('a member is missing');
  return parts.join('.');
}

/** Parses a compact JWE of this profile. Throws JWE_MALFORMED, also for an ephemeral point off the curve. */
export function parseJwe(jwe: string): ParsedJwe {
  if (jwe.length > MAX_JWE_LENGTH) throw malformed('it is too long');
  const parts = jwe.split('.');
  const [header = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] = parts;
  if (parts.length !== COMPACT_PARTS) throw malformed('it has not five parts');
  const { alg, ...rest } = parseHeader(part(header));
  return {
    ...rest,
    encryptedKey: part(encryptedKey, alg === DIRECT ? 0 : WRAPPED_KEY_BYTES),
    aad: utf8(header),
    iv: part(iv, IV_BYTES),
    ciphertext: part(ciphertext),
    tag: part(tag, TAG_BYTES),
  };
}

function part(text: string, length?: number): Uint8Array {
  const bytes = fromBase64Url(text);
  if (bytes === undefined || (length !== undefined && bytes.length !== length)) {
    throw malformed('a part is not base64url of the right length');
  }
  return bytes;
}

function malformed(what: string): RegistryError {
  return new RegistryError('JWE_MALFORMED', `The JWE does not parse: ${what}.`);
}

type Header = Pick<ParsedJwe, 'ephemeralPublic' | 'apu' | 'apv' | 'kid'> & {
  readonly alg: typeof DIRECT | typeof WRAPPED;
};

function parseHeader(bytes: Uint8Array): Header {
  const header = parseObject(bytes);
  const { alg, enc, epk, apu = '', apv = '', kid } = header;
  const unknown = Object.keys(header).find((name) => !HEADER_MEMBERS.has(name));
  if (unknown !== undefined) throw malformed(`the header member ${unknown} is not known`);
  if ((alg !== DIRECT && alg !== WRAPPED) || enc !== ENC) {
    throw malformed(`it is not ${DIRECT} or ${WRAPPED} with ${ENC}`);
  }
  if (kid !== undefined && typeof kid !== 'string') throw malformed('kid is not a string');
  return { alg, ephemeralPublic: ephemeralPoint(epk), apu: party(apu), apv: party(apv), kid };
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value = parseStrictJson(bytes);
    if (isPlainObject(value)) return value;
  } catch {
    // Reported below: which JSON rule a header breaks matters to nobody.
  }
  throw malformed('its header is not a JSON object');
}

function party(value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? fromBase64Url(value) : undefined;
  if (bytes === undefined) throw malformed('apu or apv is not base64url');
  return bytes;
}

function ephemeralPoint(epk: unknown): Uint8Array {
  if (!isPlainObject(epk)) throw malformed('epk is missing');
  const { kty, crv, x, y } = epk;
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') {
    throw malformed('epk is not a P-256 key');
  }
  const jwk: EcPublicJwk = { kty, crv, x, y };
  try {
    return uncompressPoint(fromHex(publicKeyFromJwk(jwk).publicKey));
  } catch {
    throw malformed('epk is not on the curve');
  }
}

/**
 * Decrypts a compact JWE with the shared secret or the private key. The caller overwrites what it gave and the plaintext;
 * every other copy is overwritten here. Throws JWE_MALFORMED or JWE_DECRYPTION_FAILED.
 */
export function openJwe(request: OpenRequest): {
  readonly plaintext: Uint8Array;
  readonly kid: string | undefined;
} {
  const parsed = parseJwe(request.jwe);
  const agreed = agreedKey(request, parsed);
  const passing = [agreed];
  try {
    const key = parsed.encryptedKey.length === 0 ? agreed : unwrap(agreed, parsed.encryptedKey);
    passing.push(key);
    const decipher = createDecipheriv('aes-256-gcm', key, parsed.iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(parsed.aad);
    decipher.setAuthTag(parsed.tag);
    const content = decipher.update(parsed.ciphertext);
    passing.push(content);
    return { plaintext: concatBytes(content, decipher.final()), kid: parsed.kid };
  } catch (cause) {
    throw new RegistryError('JWE_DECRYPTION_FAILED', 'The JWE does not open with this key.', { cause });
  } finally {
    for (const bytes of passing) bytes.fill(0);
  }
}

function agreedKey(request: OpenRequest, parsed: ParsedJwe): Uint8Array {
  const algorithm = algorithmId(parsed.encryptedKey.length === 0 ? DIRECT : WRAPPED);
  if ('sharedSecret' in request) return concatKdf(request.sharedSecret, algorithm, parsed, KEY_BITS);
  const sharedSecret = agree(request.privateKey, parsed);
  try {
    return concatKdf(sharedSecret, algorithm, parsed, KEY_BITS);
  } finally {
    sharedSecret.fill(0);
  }
}

function agree(privateKey: Uint8Array, { ephemeralPublic }: ParsedJwe): Uint8Array {
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(privateKey);
  return ecdh.computeSecret(ephemeralPublic);
}
