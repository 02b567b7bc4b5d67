import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { p256 } from '@noble/curves/nist';
import { schnorr } from '@noble/curves/secp256k1';
import { type AttestationAlgorithm, toHex } from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';

/**
 * Something that signs attestations of a model: software, an HSM, a signing service. Kept apart from actors' keys, which
 * sign wishes; a model service needs this one and must not have the other.
 */
export interface AttestationSigner {
  readonly alg: AttestationAlgorithm;
  /** Hex: 32 bytes for ed25519 and bip340, 33 (compressed point) for es256. */
  readonly publicKey: string;
  /** Signs a digest of 32 bytes; 64 bytes, with low s for es256. */
  readonly signDigest: (digest: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

/** An attestation key in memory with its private part, as a key file holds it. */
export interface SoftwareAttestationKey extends AttestationSigner {
  readonly privateKey: KeyObject;
}

const CURVES = { bip340: 'secp256k1', es256: 'P-256' } as const;
const JWK_CURVES: Readonly<Record<AttestationAlgorithm, string>> = { ed25519: 'Ed25519', ...CURVES };

/** Makes a new key. */
export function generateAttestationKey(alg: AttestationAlgorithm = 'ed25519'): SoftwareAttestationKey {
  const { privateKey } =
    alg === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: CURVES[alg] });
  return softwareAttestationKey(alg, privateKey);
}

/** The attestation key of a private key. Throws KEY_FILE_MALFORMED when it is not one for this algorithm. */
export function softwareAttestationKey(
  alg: AttestationAlgorithm,
  privateKey: KeyObject,
): SoftwareAttestationKey {
  const jwk = privateKey.export({ format: 'jwk' });
  if (jwk.crv !== JWK_CURVES[alg] || jwk.d === undefined) {
    throw new ClientError('KEY_FILE_MALFORMED', `The private key is not a key for ${alg}.`);
  }
  const secret = Buffer.from(jwk.d, 'base64url');
  switch (alg) {
    case 'ed25519':
      return {
        alg,
        privateKey,
        publicKey: toHex(Buffer.from(ed25519PublicX(privateKey), 'base64url')),
        signDigest: (digest) => new Uint8Array(sign(null, digest, privateKey)),
      };
    case 'bip340':
      return {
        alg,
        privateKey,
        publicKey: toHex(schnorr.getPublicKey(secret)),
        signDigest: (digest) => schnorr.sign(digest, secret),
      };
    case 'es256':
      return {
        alg,
        privateKey,
        publicKey: toHex(p256.getPublicKey(secret, true)),
        signDigest: (digest) => p256.sign(digest, secret, { prehash: false, lowS: true }).toBytes('compact'),
      };
  }
}

function ed25519PublicX(privateKey: KeyObject): string {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return x ?? '';
}

/** Imports a private JWK as an attestation key. Throws KEY_FILE_MALFORMED. */
export function attestationKeyFromJwk(
  alg: AttestationAlgorithm,
  jwk: Record<string, unknown>,
): SoftwareAttestationKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw new ClientError('KEY_FILE_MALFORMED', 'The private key in the key file is not a valid JWK.', {
      cause,
    });
  }
  return softwareAttestationKey(alg, privateKey);
}
