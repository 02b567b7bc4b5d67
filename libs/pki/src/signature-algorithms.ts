import { type KeyObject, verify } from 'node:crypto';
import { OID } from './oid';

interface SignatureAlgorithm {
  /** Null where the algorithm hashes by itself. */
  readonly hash: string | null;
  readonly type: KeyObject['asymmetricKeyType'];
}

/** SHA-1 and less are absent on purpose: whoever finds a collision could have a CRL signed that is another one. */
const ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map<string, SignatureAlgorithm>([
  [OID.ecdsaWithSha256, { hash: 'sha256', type: 'ec' }],
  [OID.ecdsaWithSha384, { hash: 'sha384', type: 'ec' }],
  [OID.ecdsaWithSha512, { hash: 'sha512', type: 'ec' }],
  [OID.rsaWithSha256, { hash: 'sha256', type: 'rsa' }],
  [OID.rsaWithSha384, { hash: 'sha384', type: 'rsa' }],
  [OID.rsaWithSha512, { hash: 'sha512', type: 'rsa' }],
  [OID.ed25519, { hash: null, type: 'ed25519' }],
]);

export interface SignedBytes {
  /** Object identifier in hex. */
  readonly algorithm: string;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

export function isKnownAlgorithm(algorithm: string): boolean {
  return ALGORITHMS.has(algorithm);
}

/** Whether the signature holds. False too for an algorithm that is not known or does not fit the key. */
export function isSignedBy({ algorithm, bytes, signature }: SignedBytes, key: KeyObject): boolean {
  const known = ALGORITHMS.get(algorithm);
  if (known?.type !== key.asymmetricKeyType || known === undefined) return false;
  return verify(known.hash, bytes, key, signature);
}
