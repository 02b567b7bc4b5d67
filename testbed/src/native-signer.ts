import { createPrivateKey, sign } from 'node:crypto';
import type { Signer } from '@hyperledger/fabric-gateway';

const P256_ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/**
 * A Fabric signer on the platform's OpenSSL. To be used with `hash.none`: it receives the message itself, for
 * node:crypto hashes and signs in one call. Fabric refuses high S, so S is brought to the lower half.
 */
export function nativeSigner(privateKeyPem: string): Signer {
  const key = createPrivateKey(privateKeyPem);
  return (message) => {
    const raw = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
    const s = BigInt(`0x${raw.subarray(32).toString('hex')}`);
    const low = s > P256_ORDER / 2n ? P256_ORDER - s : s;
    const content = Buffer.concat([derInteger(raw.subarray(0, 32)), derInteger(bytes32(low))]);
    return Promise.resolve(Buffer.concat([Buffer.from([0x30, content.length]), content]));
  };
}

function bytes32(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

function derInteger(unsigned: Buffer): Buffer {
  let start = 0;
  while (start < unsigned.length - 1 && unsigned[start] === 0) start += 1;
  const body = unsigned.subarray(start);
  const padded = ((body[0] ?? 0) & 0x80) === 0 ? body : Buffer.concat([Buffer.from([0]), body]);
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}
