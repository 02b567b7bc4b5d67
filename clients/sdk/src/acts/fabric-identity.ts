import { createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { normalizeLowS } from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { encodeEcdsaSignature } from './ecdsa-der';

/**
 * A Fabric identity that signs on the client's side. The key may be a private key here, or anything that signs a SHA-256
 * digest with ECDSA P-256 (an HSM, a smart card): then `signDigest` returns r‖s, 64 bytes.
 */
export interface FabricIdentity {
  readonly mspId: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM (PKCS#8 or SEC 1) or a KeyObject. */
  readonly privateKey?: string | KeyObject;
  readonly signDigest?: (digest: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

/** Signs for an identity what the client has checked. */
export interface FabricSigner {
  /** The signature in DER with low s, as Fabric asks for, over `message`, whose SHA-256 is `digest`. */
  sign(message: Uint8Array, digest: Uint8Array): Promise<Uint8Array>;
}

/** Checks that the identity can sign. Throws CONFIGURATION when it has no key, or a key of another certificate. */
export function fabricSigner(identity: FabricIdentity): FabricSigner {
  const certificate = readCertificate(identity.certificate);
  const { signDigest } = identity;
  if (identity.privateKey !== undefined) return keySigner(certificate, identity.privateKey);
  if (signDigest === undefined) throw configuration('The identity has neither a private key nor signDigest.');
  return {
    sign: async (_message, digest) => encodeEcdsaSignature(normalizeLowS(await signDigest(digest))),
  };
}

function keySigner(certificate: X509Certificate, privateKey: string | KeyObject): FabricSigner {
  const key = typeof privateKey === 'string' ? readPrivateKey(privateKey) : privateKey;
  if (!certificate.checkPrivateKey(key))
    throw configuration('The private key is not the one of the certificate.');
  return {
    sign: (message) => {
      const signature = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
      return Promise.resolve(encodeEcdsaSignature(normalizeLowS(signature)));
    },
  };
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw configuration('The identity’s certificate is not a PEM certificate.', error);
  }
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw configuration('The identity’s private key is not a PEM private key.', error);
  }
}

function configuration(message: string, cause?: unknown): ClientError {
  return new ClientError('CONFIGURATION', message, { subject: 'identity', cause });
}
