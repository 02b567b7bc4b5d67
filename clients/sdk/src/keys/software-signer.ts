import { type KeyObject, sign } from 'node:crypto';
import { normalizeLowS, type SignatureAlgorithm, type Signer } from '@maker-registry/protocol';

/** Signs with a private key in this process's memory. */
export class SoftwareSigner implements Signer {
  readonly alg: SignatureAlgorithm;
  /** Hex, in the registry's form. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;

  constructor(alg: SignatureAlgorithm, publicKey: string, privateKey: KeyObject) {
    this.alg = alg;
    this.publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  /** 64 bytes: the Ed25519 signature, or r‖s with low s over SHA-256 of the message. */
  sign(message: Uint8Array): Uint8Array {
    if (this.alg === 'ed25519') return new Uint8Array(sign(null, message, this.#privateKey));
    return normalizeLowS(sign('sha256', message, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' }));
  }
}
