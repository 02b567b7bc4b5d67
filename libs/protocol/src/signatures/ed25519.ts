import { verify } from 'node:crypto';
import { fromHex, toHex } from '../encoding/bytes';
import { importPublicKey } from './key-cache';

/**
 * The strict rule: what Ed25519 libraries disagree about is refused before any of them is asked (small-order A and R,
 * non-canonical A); S < L, canonical R and the cofactorless equation are the platform's. The eight points of small
 * order, canonically encoded. With one of them as key or R, one signature can be valid for many messages.
 */
const SMALL_ORDER_POINTS: ReadonlySet<string> = new Set([
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
]);

/** The field's prime, 2^255 − 19. */
const P = 2n ** 255n - 19n;
/** The curve's constant d = −121665/121666 mod p. */
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
/** The group's order L; S must be below it, or one signature would have two forms. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const SIGN_BIT = 1n << 255n;
const HALF = 32;

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
}

/** Whether the encoding is one that only lax libraries accept: y ≥ p, or a point of small order. */
export function isWeakEd25519Encoding(publicKey: string): boolean {
  if (SMALL_ORDER_POINTS.has(publicKey)) return true;
  const y = littleEndian(fromHex(publicKey, HALF)) & (SIGN_BIT - 1n);
  // y = ±1 means x = 0; with the sign bit set those encodings are not canonical either.
  return y >= P || y === 1n || y === P - 1n;
}

/** Whether the bytes are a point of the curve: (y² − 1)/(dy² + 1) has a square root (Euler's criterion). */
export function isEd25519Point(publicKey: string): boolean {
  const y = littleEndian(fromHex(publicKey, HALF)) & (SIGN_BIT - 1n);
  const y2 = (y * y) % P;
  const numerator = (y2 + P - 1n) % P;
  const denominator = (D * y2 + 1n) % P;
  // u/v is a square exactly when u·v is; that saves the inversion.
  const product = (numerator * denominator) % P;
  return product === 0n || modPow(product, (P - 1n) / 2n) === 1n;
}

function modPow(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % P;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

/** The strict verdict on one signature. `publicKey` is hex; the caller has checked its length. */
export function verifyEd25519(publicKey: string, message: Uint8Array, signature: Uint8Array): boolean {
  if (SMALL_ORDER_POINTS.has(toHex(signature.subarray(0, HALF)))) return false;
  if (littleEndian(signature.subarray(HALF)) >= L) return false;
  const key = importPublicKey('ed25519', publicKey);
  return key !== undefined && verify(null, message, key, signature);
}
