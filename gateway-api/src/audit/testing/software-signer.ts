import { generateKeyPairSync, sign } from 'node:crypto';
import { compressPoint, type Signer, toHex } from '@maker-registry/protocol';

const POINT_BYTES = 65;

/** A P-256 key in memory, in place of the HSM's. */
export function softwareSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-POINT_BYTES);
  return {
    alg: 'es256',
    publicKey: toHex(compressPoint(point)),
    sign: (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  };
}
