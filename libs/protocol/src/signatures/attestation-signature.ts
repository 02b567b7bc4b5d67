import { p256 } from '@noble/curves/nist';
import { schnorr } from '@noble/curves/secp256k1';
import { fromHex } from '../encoding/bytes';
import { sha256 } from '../encoding/hash';
import { RegistryError } from '../errors/registry-error';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from './algorithms';
import {
  assertAcceptablePublicKey,
  hasKeyForm,
  type SignatureVerdict,
  verifySignature,
} from './verify-signature';

/** Signature algorithms of models. `bip340` is what wallets of chains hold, `es256` what HSMs and TPMs speak. */
export const ATTESTATION_ALGORITHMS = ['ed25519', 'bip340', 'es256'] as const;
export type AttestationAlgorithm = (typeof ATTESTATION_ALGORITHMS)[number];

/** Bytes of a model's public key: bip340 is the x coordinate of a point of secp256k1. */
export const ATTESTATION_KEY_BYTES: Readonly<Record<AttestationAlgorithm, number>> = {
  ...PUBLIC_KEY_BYTES,
  bip340: 32,
};

/** Bytes of the digest that a model's key signs (SHA-256). */
export const DIGEST_BYTES = 32;

export interface DigestSignatureCheck {
  readonly alg: string;
  /** Hex: 32 bytes for ed25519 and bip340, 33 bytes (compressed point) for es256. */
  readonly publicKey: string;
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
}

export interface AttestationSignatureCheck {
  readonly alg: string;
  readonly publicKey: string;
  /** The message; the signature is over its SHA-256. */
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

const HEX_32 = /^[0-9a-f]{64}$/;

function isAttestationAlgorithm(alg: string): alg is AttestationAlgorithm {
  return (ATTESTATION_ALGORITHMS as readonly string[]).includes(alg);
}

function hasAttestationKeyForm(alg: AttestationAlgorithm, publicKey: string): boolean {
  return alg === 'bip340' ? HEX_32.test(publicKey) : hasKeyForm(alg, publicKey);
}

/** Whether a key of the right form is the x coordinate of a point of secp256k1, below the field's prime. */
function isLiftable(publicKey: string): boolean {
  try {
    schnorr.utils.lift_x(BigInt(`0x${publicKey}`));
    return true;
  } catch {
    return false;
  }
}

function assertAcceptableXOnlyKey(publicKey: string): void {
  if (!hasAttestationKeyForm('bip340', publicKey)) {
    throw new RegistryError(
      'KEY_INVALID',
      `A public key for bip340 is ${ATTESTATION_KEY_BYTES.bip340} bytes in hex.`,
    );
  }
  if (!isLiftable(publicKey)) {
    throw new RegistryError('KEY_INVALID', 'The public key is not the x coordinate of a point of secp256k1.');
  }
}

/**
 * Refuses with KEY_INVALID a key that a model must not register: of an unknown algorithm, of another form, not
 * canonical, not on the curve, or of small order. Checked once, when the key enters the ledger.
 */
export function assertAcceptableAttestationKey(alg: string, publicKey: string): void {
  if (!isAttestationAlgorithm(alg)) {
    throw new RegistryError(
      'KEY_INVALID',
      `The algorithm is not one of ${ATTESTATION_ALGORITHMS.join(', ')}.`,
    );
  }
  if (alg === 'bip340') assertAcceptableXOnlyKey(publicKey);
  else assertAcceptablePublicKey(alg, publicKey);
}

/** BIP-340 with the digest as message. The library throws for some malformed input; to a verifier that is a no. */
function verifyBip340(publicKey: string, digest: Uint8Array, signature: Uint8Array): boolean {
  try {
    return schnorr.verify(signature, digest, fromHex(publicKey));
  } catch {
    return false;
  }
}

/**
 * ECDSA with the digest as prehash. The platform only hashes for itself, so this one is point arithmetic in JavaScript
 * (some 2 ms); with the payload at hand verifyAttestation asks the platform instead.
 */
function verifyEs256Digest(publicKey: string, digest: Uint8Array, signature: Uint8Array): boolean {
  try {
    return p256.verify(signature, digest, fromHex(publicKey), {
      lowS: true,
      prehash: false,
      format: 'compact',
    });
  } catch {
    return false;
  }
}

/** The verdict for the algorithms that are not the platform's to judge; reasons as in verifySignature. */
function verifyByLibrary(
  alg: 'bip340' | 'es256',
  publicKey: string,
  digest: Uint8Array,
  signature: Uint8Array,
): SignatureVerdict {
  if (!hasAttestationKeyForm(alg, publicKey)) return { valid: false, reason: 'key-form' };
  if (signature.length !== SIGNATURE_BYTES) return { valid: false, reason: 'signature-length' };
  const verify = alg === 'bip340' ? verifyBip340 : verifyEs256Digest;
  return verify(publicKey, digest, signature) ? { valid: true } : { valid: false, reason: 'mismatch' };
}

/**
 * The verdict on a model's signature when only the digest is at hand. The same as verifyAttestation for the digest's
 * payload, slower for es256. `digest-length` is the one reason more. Never throws.
 */
export function verifyDigestSignature(check: DigestSignatureCheck): SignatureVerdict {
  const { alg, publicKey, digest, signature } = check;
  if (!isAttestationAlgorithm(alg)) return { valid: false, reason: 'algorithm' };
  if (digest.length !== DIGEST_BYTES) return { valid: false, reason: 'digest-length' };
  if (alg === 'ed25519') return verifySignature({ alg, publicKey, message: digest, signature });
  return verifyByLibrary(alg, publicKey, digest, signature);
}

/** The verdict every endorser reaches on a model's signature over the digest of `payload`. Never throws. */
export function verifyAttestation(check: AttestationSignatureCheck): SignatureVerdict {
  const { alg, publicKey, payload, signature } = check;
  // The platform hashes the payload itself and gets the digest.
  if (alg === 'es256') return verifySignature({ alg, publicKey, message: payload, signature });
  return verifyDigestSignature({ alg, publicKey, digest: sha256(payload), signature });
}
