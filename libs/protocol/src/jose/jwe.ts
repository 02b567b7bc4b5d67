import { createCipheriv, createDecipheriv, createECDH } from 'node:crypto';
import { concatBytes, fromBase64Url, fromHex, toBase64Url, u32, utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256 } from '../encoding/hash';
import { isPlainObject, parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { ecJwk, type EcPublicJwk, publicKeyFromJwk, uncompressPoint } from './jwk';

const ALG = 'ECDH-ES';
const ENC = 'A256GCM';
const KEY_BITS = 256;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const BITS_PER_BYTE = 8;
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
}

/** A parsed compact JWE. */
export interface ParsedJwe {
  /** The sender's ephemeral point, 65 bytes, on the curve: what an HSM or TPM derives the shared secret from. */
  readonly ephemeralPublic: Uint8Array;
  readonly apu: Uint8Array;
  readonly apv: Uint8Array;
  readonly kid: string | undefined;
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
  return sha256(concatBytes(u32(1), sharedSecret, info)).slice(0, keyBits / BITS_PER_BYTE);
}

/** Encrypts to a P-256 key: compact JWE, ECDH-ES direct with A256GCM. Throws KEY_INVALID. */
export function sealJwe(request: SealRequest): string {
  if (request.ephemeralPrivate.length !== KEY_BYTES || request.iv.length !== IV_BYTES) {
    throw new RegistryError('KEY_INVALID', 'A JWE takes a 32-byte ephemeral key and a 12-byte iv.');
  }
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(request.ephemeralPrivate);
  const sharedSecret = ecdh.computeSecret(uncompressPoint(request.recipientPublic));
  const apu = request.apu ?? new Uint8Array();
  const apv = request.apv ?? new Uint8Array();
  const header = {
    alg: ALG,
    enc: ENC,
    epk: ecJwk(new Uint8Array(ecdh.getPublicKey())),
    ...(apu.length === 0 ? {} : { apu: toBase64Url(apu) }),
    ...(apv.length === 0 ? {} : { apv: toBase64Url(apv) }),
    ...(request.kid === undefined ? {} : { kid: request.kid }),
  };
  const protectedHeader = toBase64Url(utf8(canonicalize(header)));
  const key = concatKdf(sharedSecret, ENC, { apu, apv }, KEY_BITS);
  const cipher = createCipheriv('aes-256-gcm', key, request.iv);
  cipher.setAAD(utf8(protectedHeader));
  const ciphertext = concatBytes(cipher.update(request.plaintext), cipher.final());
  const parts = [request.iv, ciphertext, cipher.getAuthTag()].map((part) => toBase64Url(part));
  return [protectedHeader, '', ...parts].join('.');
}

/** Parses a compact JWE of this profile. Throws JWE_MALFORMED, also for an ephemeral point off the curve. */
export function parseJwe(jwe: string): ParsedJwe {
  if (jwe.length > MAX_JWE_LENGTH) throw malformed('it is too long');
  const parts = jwe.split('.');
  const [header = '', encryptedKey, iv = '', ciphertext = '', tag = ''] = parts;
  if (parts.length !== COMPACT_PARTS || encryptedKey !== '') {
    throw malformed('it is not a compact JWE with direct agreement');
  }
  return {
    ...parseHeader(part(header)),
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

function parseHeader(bytes: Uint8Array): Pick<ParsedJwe, 'ephemeralPublic' | 'apu' | 'apv' | 'kid'> {
  const header = parseObject(bytes);
  const { alg, enc, epk, apu = '', apv = '', kid } = header;
  const unknown = Object.keys(header).find((name) => !HEADER_MEMBERS.has(name));
  if (unknown !== undefined) throw malformed(`the header member ${unknown} is not known`);
  if (alg !== ALG || enc !== ENC) throw malformed(`it is not ${ALG} with ${ENC}`);
  if (kid !== undefined && typeof kid !== 'string') throw malformed('kid is not a string');
  return { ephemeralPublic: ephemeralPoint(epk), apu: party(apu), apv: party(apv), kid };
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

/** Decrypts a compact JWE with the shared secret or the private key. Throws JWE_MALFORMED or JWE_DECRYPTION_FAILED. */
export function openJwe(request: OpenRequest): {
  readonly plaintext: Uint8Array;
  readonly kid: string | undefined;
} {
  const parsed = parseJwe(request.jwe);
  const sharedSecret = 'sharedSecret' in request ? request.sharedSecret : agree(request.privateKey, parsed);
  const key = concatKdf(sharedSecret, ENC, parsed, KEY_BITS);
  const decipher = createDecipheriv('aes-256-gcm', key, parsed.iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(parsed.aad);
  decipher.setAuthTag(parsed.tag);
  try {
    const plaintext = concatBytes(decipher.update(parsed.ciphertext), decipher.final());
    return { plaintext, kid: parsed.kid };
  } catch (cause) {
    throw new RegistryError('JWE_DECRYPTION_FAILED', 'The JWE does not open with this key.', { cause });
  }
}

function agree(privateKey: Uint8Array, { ephemeralPublic }: ParsedJwe): Uint8Array {
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(privateKey);
  return ecdh.computeSecret(ephemeralPublic);
}
