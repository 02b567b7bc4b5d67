import { RegistryError } from '../errors/registry-error';
import {
  PUBLIC_KEY_BYTES,
  SIGNATURE_ALGORITHMS,
  SIGNATURE_BYTES,
  type SignatureAlgorithm,
} from './algorithms';
import { isEd25519Point, isWeakEd25519Encoding, verifyEd25519 } from './ed25519';
import { verifyEs256 } from './es256';
import { importPublicKey } from './key-cache';

/** Why a signature is refused. */
export type SignatureReason =
  'algorithm' | 'key-form' | 'signature-length' | 'digest-length' | 'weak-key' | 'mismatch';

export interface SignatureCheck {
  readonly alg: string;
  /** Hex: 32 bytes for ed25519, 33 bytes (compressed point) for es256. */
  readonly publicKey: string;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

export type SignatureVerdict =
  { readonly valid: true } | { readonly valid: false; readonly reason: SignatureReason };

const LOWER_HEX = /^[0-9a-f]*$/;
const COMPRESSED = /^0[23]/;

function isAlgorithm(alg: string): alg is SignatureAlgorithm {
  return (SIGNATURE_ALGORITHMS as readonly string[]).includes(alg);
}

/** Whether the text is hex of the algorithm's length, and for es256 of a compressed point. */
export function hasKeyForm(alg: SignatureAlgorithm, publicKey: string): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES[alg] * 2 || !LOWER_HEX.test(publicKey)) return false;
  return alg !== 'es256' || COMPRESSED.test(publicKey);
}

/** The verdict every endorser reaches on a signature, malicious ones included. Never throws. */
export function verifySignature(check: SignatureCheck): SignatureVerdict {
  const { alg, publicKey, message, signature } = check;
  if (!isAlgorithm(alg)) return { valid: false, reason: 'algorithm' };
  if (!hasKeyForm(alg, publicKey)) return { valid: false, reason: 'key-form' };
  if (signature.length !== SIGNATURE_BYTES) return { valid: false, reason: 'signature-length' };
  if (alg === 'ed25519' && isWeakEd25519Encoding(publicKey)) return { valid: false, reason: 'weak-key' };
  const valid =
    alg === 'ed25519'
      ? verifyEd25519(publicKey, message, signature)
      : verifyEs256(publicKey, message, signature);
  return valid ? { valid: true } : { valid: false, reason: 'mismatch' };
}

/**
 * Refuses with KEY_INVALID a key that an actor must not register: of another form, not canonical, not on the curve, or
 * of small order. Checked once, when the key enters the ledger (some 2 ms for ed25519).
 */
export function assertAcceptablePublicKey(alg: SignatureAlgorithm, publicKey: string): void {
  if (!hasKeyForm(alg, publicKey)) {
    throw new RegistryError(
      'KEY_INVALID',
      `A public key for ${alg} is ${PUBLIC_KEY_BYTES[alg]} bytes in hex.`,
    );
  }
  const onCurve =
    alg === 'ed25519'
      ? !isWeakEd25519Encoding(publicKey) && isEd25519Point(publicKey)
      : importPublicKey(alg, publicKey) !== undefined;
  if (!onCurve) {
    throw new RegistryError(
      'KEY_INVALID',
      'The public key is not a canonical point of large order on its curve.',
    );
  }
}
