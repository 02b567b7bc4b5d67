import { ECDH } from 'node:crypto';
import { HsmError } from './hsm-error';
import { POINT_BYTES, SIGNATURE_BYTES } from './limits';

/** Order n of the P-256 group (SEC 2, secp256r1). */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const HALF_ORDER = ORDER >> 1n;
const SCALAR_BYTES = 32;
const DER_OCTET_STRING = 0x04;
const DER_INTEGER = 0x02;
const DER_SEQUENCE = 0x30;
const HEX_DIGITS_OF_SCALAR = SCALAR_BYTES * 2;

/**
 * Raw r‖s with s in the lower half of the group. Fabric and our ES256 rule refuse the upper half, and a token returns
 * either: (r, n − s) verifies exactly where (r, s) does.
 */
export function toLowS(signature: Uint8Array): Uint8Array {
  if (signature.length !== SIGNATURE_BYTES) {
    throw new HsmError('HSM_UNAVAILABLE', `the token returned a signature of ${signature.length} bytes`);
  }
  const s = BigInt(`0x${Buffer.from(signature.subarray(SCALAR_BYTES)).toString('hex')}`);
  if (s <= HALF_ORDER) return signature;
  const low = (ORDER - s).toString(16).padStart(HEX_DIGITS_OF_SCALAR, '0');
  return Buffer.concat([signature.subarray(0, SCALAR_BYTES), Buffer.from(low, 'hex')]);
}

function derInteger(scalar: Uint8Array): Buffer {
  let start = 0;
  while (start < scalar.length - 1 && scalar[start] === 0) start += 1;
  const magnitude = scalar.subarray(start);
  const padded =
    (magnitude[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), magnitude]) : Buffer.from(magnitude);
  return Buffer.concat([Buffer.of(DER_INTEGER, padded.length), padded]);
}

/** Raw r‖s (64 bytes) → DER SEQUENCE of two INTEGERs, as X.509 and Fabric carry ECDSA signatures. */
export function toDerSignature(signature: Uint8Array): Uint8Array {
  if (signature.length !== SIGNATURE_BYTES) {
    throw new HsmError('HSM_BAD_REQUEST', `a raw P-256 signature has 64 bytes, not ${signature.length}`);
  }
  const body = Buffer.concat([
    derInteger(signature.subarray(0, SCALAR_BYTES)),
    derInteger(signature.subarray(SCALAR_BYTES)),
  ]);
  return Buffer.concat([Buffer.of(DER_SEQUENCE, body.length), body]);
}

/** CKA_EC_POINT → 65-byte point. PKCS#11 wraps the point in an OCTET STRING; some modules leave the wrapper out. */
export function unwrapEcPoint(attribute: Uint8Array): Uint8Array {
  const wrapped = attribute.length === POINT_BYTES + 2 && attribute[0] === DER_OCTET_STRING;
  return assertPoint(wrapped ? attribute.subarray(2) : attribute);
}

/**
 * Refuses anything but an uncompressed point on P-256. An attacker who may choose the peer's point would otherwise
 * learn the private key bit by bit from points on weaker curves.
 */
export function assertPoint(point: Uint8Array): Uint8Array {
  if (point.length !== POINT_BYTES || point[0] !== 0x04) {
    throw new HsmError('HSM_BAD_REQUEST', 'a public key must be an uncompressed P-256 point of 65 bytes');
  }
  try {
    ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'uncompressed');
  } catch {
    throw new HsmError('HSM_BAD_REQUEST', 'the public key is not a point on P-256');
  }
  return point;
}
