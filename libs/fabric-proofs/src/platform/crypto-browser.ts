import { ed25519 } from '@noble/curves/ed25519';
import { p256 } from '@noble/curves/nist';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2';
import { type KeyKind } from './key-kind';

/** What crypto.ts does with node:crypto, here in JavaScript of an audited library: for browsers, and synchronous unlike theirs. */

/** Bytes at the end of a SubjectPublicKeyInfo: 04 || x || y of P-256, or an Ed25519 key. */
const POINT_BYTES = { p256: 65, ed25519: 32 } as const;
/** What stands before them: DER of the algorithm, of one form only. */
const SPKI_PREFIX = {
  p256: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  ed25519: '302a300506032b6570032100',
} as const;

export interface PublicKey {
  readonly kind: KeyKind;
  readonly point: Uint8Array;
}

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = nobleSha256.create();
  for (const part of parts) hash.update(part);
  return Buffer.from(hash.digest());
}

export function importKey(kind: KeyKind, spki: Uint8Array): PublicKey | null {
  if (kind === 'other') return { kind, point: spki };
  const at = spki.length - POINT_BYTES[kind];
  if (Buffer.from(spki.subarray(0, Math.max(0, at))).toString('hex') !== SPKI_PREFIX[kind]) return null;
  const point = Uint8Array.from(spki.subarray(at));
  try {
    if (kind === 'p256') p256.Point.fromBytes(point).assertValidity();
    return { kind, point };
  } catch {
    return null;
  }
}

export function checkSignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.kind === 'other') return false;
  if (key.kind === 'ed25519') return ed25519.verify(signature, message, key.point, { zip215: false });
  return p256.verify(signature, nobleSha256(message), key.point, {
    format: 'der',
    lowS: false,
    prehash: false,
  });
}
