import { createHash, createPrivateKey, sign } from 'node:crypto';
import { p256 } from '@noble/curves/nist';
import { schnorr } from '@noble/curves/secp256k1';
import { toHex, type AttestationAlgorithm } from '@maker-registry/protocol';
import { signerNamed } from './party';

/** A key that attests for a model of a scenario. */
export interface TestAttestationKey {
  readonly alg: AttestationAlgorithm;
  /** Hex. */
  readonly publicKey: string;
  /** Signs a digest of 32 bytes; hex of 64 bytes. */
  readonly signDigest: (digest: Uint8Array) => string;
}

/** PKCS#8 around 32 bytes: an Ed25519 seed. */
const ED25519_PKCS8 = '302e020100300506032b657004220420';

function seedOf(name: string): Buffer {
  return createHash('sha256').update(`scenario:${name}`).digest();
}

/** A key that follows from a name, so that a scenario is the same each time. Never for real use. */
export function attestationKeyNamed(name: string, alg: AttestationAlgorithm = 'ed25519'): TestAttestationKey {
  const seed = seedOf(name);
  switch (alg) {
    case 'ed25519': {
      const der = Buffer.from(ED25519_PKCS8 + toHex(seed), 'hex');
      const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      const { publicKey } = signerNamed(name);
      return { alg, publicKey, signDigest: (digest) => toHex(sign(null, digest, key)) };
    }
    case 'bip340':
      return {
        alg,
        publicKey: toHex(schnorr.getPublicKey(seed)),
        signDigest: (digest) => toHex(schnorr.sign(digest, seed, new Uint8Array(32))),
      };
    case 'es256':
      return {
        alg,
        publicKey: toHex(p256.getPublicKey(seed, true)),
        signDigest: (digest) =>
          toHex(p256.sign(digest, seed, { prehash: false, lowS: true }).toBytes('compact')),
      };
  }
}
