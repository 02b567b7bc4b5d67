import { fromBase64, fromHex, toBase64 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256Hex } from '../encoding/hash';
import { isPlainObject, type JsonLimits, parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { MAX_ENVELOPE_BYTES, MAX_ENVELOPE_SIGNATURES } from '../limits';
import { SIGNATURE_BYTES, type SignatureAlgorithm } from '../signatures/algorithms';
import { verifySignature } from '../signatures/verify-signature';
import { encodePae } from './pae';

export interface EnvelopeSignature {
  /** Hex name of the key, see `keyId`. */
  readonly keyid: string;
  /** Base64 of the 64 signature bytes. */
  readonly sig: string;
}

/** A DSSE envelope as it travels. */
export interface Envelope {
  /** Base64 of the payload bytes. */
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly EnvelopeSignature[];
}

/** A public key by the name that envelopes use for it. */
export interface VerificationKey {
  readonly keyid: string;
  readonly alg: SignatureAlgorithm;
  /** Hex. */
  readonly publicKey: string;
}

const KEYID = /^[0-9a-f]{64}$/;
const MEMBERS = 3;
const SIGNATURE_MEMBERS = 2;

/** Parses an envelope strictly: no unknown member, canonical base64, 1–4 signatures by different keys. Throws ENVELOPE_MALFORMED or a JSON code. */
export function parseEnvelope(input: string | Uint8Array, limits: JsonLimits = {}): Envelope {
  const value = parseStrictJson(input, { maxBytes: MAX_ENVELOPE_BYTES, ...limits });
  if (!isPlainObject(value) || Object.keys(value).length !== MEMBERS) {
    return malformed('An envelope is an object with payload, payloadType and signatures');
  }
  const { payload, payloadType, signatures } = value;
  if (typeof payload !== 'string' || fromBase64(payload) === undefined) {
    return malformed('payload is not canonical base64');
  }
  if (typeof payloadType !== 'string') return malformed('payloadType is not a string');
  return { payload, payloadType, signatures: parseSignatures(signatures) };
}

function parseSignatures(value: unknown): EnvelopeSignature[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ENVELOPE_SIGNATURES) {
    return malformed(`signatures holds between 1 and ${MAX_ENVELOPE_SIGNATURES} entries`);
  }
  const signatures = value.map(parseSignature);
  if (new Set(signatures.map(({ keyid }) => keyid)).size !== signatures.length) {
    return malformed('Two signatures name the same key');
  }
  return signatures;
}

function parseSignature(value: unknown): EnvelopeSignature {
  if (!isPlainObject(value) || Object.keys(value).length !== SIGNATURE_MEMBERS) {
    return malformed('A signature is an object with keyid and sig');
  }
  const { keyid, sig } = value;
  if (typeof keyid !== 'string' || !KEYID.test(keyid))
    return malformed('keyid is not 64 hexadecimal characters');
  if (typeof sig !== 'string' || fromBase64(sig)?.length !== SIGNATURE_BYTES) {
    return malformed('sig is not canonical base64 of 64 bytes');
  }
  return { keyid, sig };
}

function malformed(what: string): never {
  throw new RegistryError('ENVELOPE_MALFORMED', `${what}.`);
}

/** The payload bytes of a parsed envelope. */
export function payloadBytes(envelope: Envelope): Uint8Array {
  return fromBase64(envelope.payload) ?? malformed('payload is not canonical base64');
}

/** The bytes that the signatures of an envelope are over. */
export function envelopePae(envelope: Envelope): Uint8Array {
  return encodePae(envelope.payloadType, payloadBytes(envelope));
}

/** SHA-256 of the PAE, hex: names an intent whatever its signatures. */
export function intentId(envelope: Envelope): string {
  return sha256Hex(envelopePae(envelope));
}

/** The compact text of an envelope. */
export function serializeEnvelope(envelope: Envelope): string {
  return canonicalize(envelope);
}

/**
 * Asserts that the envelope is signed by exactly the given keys: every one of them, and nobody else. A stranger's
 * signature is refused, for it would ride along into the ledger unverified.
 *
 * @throws RegistryError SIGNATURE_MISSING, KEY_NOT_CURRENT or SIGNATURE_INVALID; `subject` is the keyid.
 */
export function verifyEnvelope(envelope: Envelope, keys: readonly VerificationKey[]): void {
  verifySignatures(envelope, envelopePae(envelope), keys);
}

/** As verifyEnvelope, with the PAE at hand. */
export function verifySignatures(
  envelope: Envelope,
  pae: Uint8Array,
  keys: readonly VerificationKey[],
): void {
  const stranger = envelope.signatures.find(({ keyid }) => !keys.some((key) => key.keyid === keyid));
  if (stranger !== undefined) {
    throw new RegistryError('KEY_NOT_CURRENT', 'A signature names a key that is not current for this act.', {
      subject: stranger.keyid,
    });
  }
  for (const key of keys) verifyOne(envelope, pae, key);
}

function verifyOne(envelope: Envelope, pae: Uint8Array, key: VerificationKey): void {
  const signature = envelope.signatures.find(({ keyid }) => keyid === key.keyid);
  if (signature === undefined) {
    throw new RegistryError('SIGNATURE_MISSING', 'The signature of a required key is missing.', {
      subject: key.keyid,
    });
  }
  const bytes = fromBase64(signature.sig) ?? malformed('sig is not canonical base64');
  const verdict = verifySignature({ alg: key.alg, publicKey: key.publicKey, message: pae, signature: bytes });
  if (!verdict.valid) {
    throw new RegistryError('SIGNATURE_INVALID', `A signature does not verify (${verdict.reason}).`, {
      subject: key.keyid,
    });
  }
}

/** An envelope around payload bytes, with one signature. */
export function makeEnvelope(
  payloadType: string,
  payload: Uint8Array,
  signatures: readonly { readonly keyid: string; readonly signature: Uint8Array }[],
): Envelope {
  return {
    payload: toBase64(payload),
    payloadType,
    signatures: signatures.map(({ keyid, signature }) => ({
      keyid: toHexName(keyid),
      sig: toBase64(signature),
    })),
  };
}

function toHexName(keyid: string): string {
  fromHex(keyid, KEYID_BYTES);
  return keyid;
}

const KEYID_BYTES = 32;
