import { createHash, createHmac } from 'node:crypto';
import { type HashAlgorithm } from './algorithms';
import { u32 } from './wire';

const BITS_PER_BYTE = 8;

function labelBytes(label: string): Buffer {
  return Buffer.from(`${label}\0`, 'ascii');
}

/** KDFa: SP 800-108 counter mode with HMAC (TPM 2.0 part 1, 11.4.10.2). `bits` is a multiple of 8. */
export function kdfA(
  hash: HashAlgorithm,
  key: Uint8Array,
  label: string,
  context: Uint8Array,
  bits: number,
): Buffer {
  const size = bits / BITS_PER_BYTE;
  const blocks = Array.from({ length: Math.ceil(size / hash.size) }, (_, index) =>
    createHmac(hash.name, key)
      .update(u32(index + 1))
      .update(labelBytes(label))
      .update(context)
      .update(u32(bits))
      .digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}

/** KDFe: SP 800-56A concatenation KDF (TPM 2.0 part 1, 11.4.10.3), with both parties' x coordinates. */
export function kdfE(
  hash: HashAlgorithm,
  z: Uint8Array,
  label: string,
  parties: { readonly u: Uint8Array; readonly v: Uint8Array },
  bits: number,
): Buffer {
  const size = bits / BITS_PER_BYTE;
  const blocks = Array.from({ length: Math.ceil(size / hash.size) }, (_, index) =>
    createHash(hash.name)
      .update(u32(index + 1))
      .update(z)
      .update(labelBytes(label))
      .update(parties.u)
      .update(parties.v)
      .digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}
