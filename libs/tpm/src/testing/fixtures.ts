import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import captured from './swtpm.json';
import { type PcrValues } from '../pcr';
import { sized, u16 } from '../wire';

export const PCRS = [0, 1, 2, 3, 4, 7] as const;
const DIGEST_BYTES = 32;
const ECDSA = 0x0018;
const SHA256 = 0x000b;

/** Bytes captured from a software TPM (capture.sh). */
export function fixture(name: keyof typeof captured): Buffer {
  return Buffer.from(captured[name], 'hex');
}

/** The captured PCR values by number. */
export function pcrValues(name: 'pcr_values' | 'pcr_values_later' = 'pcr_values'): PcrValues {
  const bytes = fixture(name);
  const value = (i: number): string => bytes.toString('hex', i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES);
  return { sha256: Object.fromEntries(PCRS.map((pcr, i) => [String(pcr), value(i)])) };
}

/** An attestation key in software, which signs what no TPM would: for statements that only fail after the signature. */
export interface ForgedKey {
  /** TPM2B_PUBLIC, of the captured key's template. */
  readonly publicArea: Buffer;
  readonly privateKey: KeyObject;
  /** TPMT_SIGNATURE over these bytes. */
  sign(attest: Uint8Array): Buffer;
}

export function ecdsaSignature(privateKey: KeyObject, bytes: Uint8Array, hash = SHA256): Buffer {
  const raw = sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return Buffer.concat([
    u16(ECDSA),
    u16(hash),
    sized(raw.subarray(0, DIGEST_BYTES)),
    sized(raw.subarray(DIGEST_BYTES)),
  ]);
}

/** `template`: a captured P-256 public area whose point is replaced. */
export function forgedKey(template: Buffer = fixture('ak_ecdsa')): ForgedKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([
    sized(Buffer.from(x ?? '', 'base64url')),
    sized(Buffer.from(y ?? '', 'base64url')),
  ]);
  const publicArea = Buffer.concat([template.subarray(0, template.length - point.length), point]);
  return { publicArea, privateKey, sign: (attest) => ecdsaSignature(privateKey, attest) };
}

/** A copy with some bytes replaced. */
export function patched(bytes: Buffer, offset: number, replacement: ArrayLike<number>): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(replacement, offset);
  return copy;
}
