import { readCertificate } from './certificates';
import { isLowS } from './der';
import { checkSignature, type PublicKey } from './platform/crypto';
import { LEN, orEmpty, shape, type Strictness, WireReader } from './wire-reader';

/** A Fabric identity as it appears in creators and endorsers. */
export interface Identity {
  readonly mspId: string;
  /** PEM as carried on the ledger; not checked by parsing alone. */
  readonly certificate: string;
}

const SERIALIZED_IDENTITY = shape({ 1: LEN, 2: LEN });

/** Reads msp.SerializedIdentity { 1 mspid, 2 id_bytes }. @throws ProofError WIRE_* */
export function parseIdentity(bytes: Uint8Array, strictness: Strictness = 'ledger'): Identity {
  const reader = new WireReader(bytes, 'SerializedIdentity', strictness);
  let mspId = '';
  let certificate: Uint8Array | undefined;
  while (reader.next(SERIALIZED_IDENTITY)) {
    if (reader.field === 1) mspId = reader.text();
    else certificate = reader.bytes();
  }
  return { mspId, certificate: Buffer.from(orEmpty(certificate)).toString('utf8') };
}

/**
 * Verifies ECDSA P-256/SHA-256 over the message, low s only; Ed25519 where the certificate says so.
 * @returns whether it holds; never throws for a bad signature
 */
export function verifySignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    if (key.kind === 'p256' && !isLowS(signature)) return false;
    return checkSignature(key, message, signature);
  } catch {
    return false;
  }
}

/**
 * The public key in a certificate.
 * @throws ProofError SIGNATURE_INVALID when it is no certificate, or its key is not one that can be read
 */
export function certificateKey(pem: string): PublicKey {
  return readCertificate(pem).key;
}
