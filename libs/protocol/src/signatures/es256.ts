import { verify } from 'node:crypto';
import { concatBytes, fromHex, toHex } from '../encoding/bytes';
import { importPublicKey } from './key-cache';

/** The order n of P-256's group, and half of it. */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_N = N >> 1n;
const HALF = 32;
const HEX_PER_HALF = 64;

function scalar(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

/**
 * The strict verdict: r‖s of 64 bytes with 1 ≤ r, s < n and s ≤ n/2. For every (r, s) the pair (r, n − s) verifies too;
 * with low s only, a signature has one form and nobody can re-label another's envelope.
 */
export function verifyEs256(publicKey: string, message: Uint8Array, signature: Uint8Array): boolean {
  const r = scalar(signature.subarray(0, HALF));
  const s = scalar(signature.subarray(HALF));
  if (r === 0n || r >= N || s === 0n || s > HALF_N) return false;
  const key = importPublicKey('es256', publicKey);
  return key !== undefined && verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** The low-s form of an r‖s signature: what an HSM or TPM returns may be either. */
export function normalizeLowS(signature: Uint8Array): Uint8Array {
  const s = scalar(signature.subarray(HALF));
  if (s <= HALF_N || s >= N) return Uint8Array.from(signature);
  const low = (N - s).toString(16).padStart(HEX_PER_HALF, '0');
  return concatBytes(signature.subarray(0, HALF), fromHex(low, HALF));
}
