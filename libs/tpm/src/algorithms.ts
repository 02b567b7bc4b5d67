/** TPM_ALG_ID values that are understood (TCG Algorithm Registry). */
export const ALG = {
  RSA: 0x0001,
  SHA1: 0x0004,
  AES: 0x0006,
  SHA256: 0x000b,
  SHA384: 0x000c,
  SHA512: 0x000d,
  NULL: 0x0010,
  RSASSA: 0x0014,
  RSAES: 0x0015,
  RSAPSS: 0x0016,
  OAEP: 0x0017,
  ECDSA: 0x0018,
  ECDH: 0x0019,
  ECC: 0x0023,
  CFB: 0x0043,
} as const;

/** A hash that names, digests and signatures may use. */
export interface HashAlgorithm {
  readonly id: number;
  /** Name in node:crypto and of the PCR bank. */
  readonly name: 'sha256' | 'sha384' | 'sha512';
  /** Bytes of a digest. */
  readonly size: number;
}

/** Hashes with no known weakness. SHA-1 is left out on purpose: a quote over its bank proves nothing. */
const HASHES: ReadonlyMap<number, HashAlgorithm> = new Map([
  [ALG.SHA256, { id: ALG.SHA256, name: 'sha256', size: 32 }],
  [ALG.SHA384, { id: ALG.SHA384, name: 'sha384', size: 48 }],
  [ALG.SHA512, { id: ALG.SHA512, name: 'sha512', size: 64 }],
]);

export function hashById(id: number): HashAlgorithm | undefined {
  return HASHES.get(id);
}

export function hashByName(name: string): HashAlgorithm | undefined {
  return [...HASHES.values()].find((hash) => hash.name === name);
}

/** An elliptic curve of a TPM key. */
export interface Curve {
  readonly id: number;
  readonly name: 'P-256' | 'P-384';
  /** Name in node:crypto's ECDH. */
  readonly nodeName: 'prime256v1' | 'secp384r1';
  /** Bytes of a coordinate. */
  readonly size: number;
}

const CURVES: ReadonlyMap<number, Curve> = new Map([
  [0x0003, { id: 0x0003, name: 'P-256', nodeName: 'prime256v1', size: 32 }],
  [0x0004, { id: 0x0004, name: 'P-384', nodeName: 'secp384r1', size: 48 }],
]);

export function curveById(id: number): Curve | undefined {
  return CURVES.get(id);
}
