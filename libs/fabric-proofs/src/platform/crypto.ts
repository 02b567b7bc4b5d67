import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type KeyKind } from './key-kind';

/**
 * The seam between this library and the cryptography of the platform. Node takes this file; a bundler for browsers takes
 * crypto-browser.ts instead (the `browser` field of package.json). Both export the same names, and one test holds them to the
 * same answers. Nothing else in the library may import node:crypto on the way to a receipt's verdict.
 */

/** A public key that signatures can be checked with. Made only by `importKey`. */
export interface PublicKey {
  readonly kind: KeyKind;
  readonly handle: KeyObject;
}

/** SHA-256 over the concatenation of the parts. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/**
 * @param spki DER of a SubjectPublicKeyInfo
 * @returns null when the platform can't read it: not on the curve, for one
 */
export function importKey(kind: KeyKind, spki: Uint8Array): PublicKey | null {
  try {
    return {
      kind,
      handle: createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }),
    };
  } catch {
    return null;
  }
}

/** Whether a signature holds; DER and low s of ECDSA were checked before. */
export function checkSignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.kind === 'other') return false;
  return verify(key.kind === 'ed25519' ? null : 'sha256', message, key.handle, signature);
}
