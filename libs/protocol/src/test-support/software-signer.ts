import { createECDH, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { toBase64Url, toHex } from '../encoding/bytes';
import { sha256 } from '../encoding/hash';
import { type Signer } from '../intents/sign';
import { compressPoint } from '../jose/jwk';

const PKCS8_ED25519 = '302e020100300506032b657004220420';

/** An Ed25519 signer whose key follows from a name: tests need the same keys every time. */
export function ed25519Signer(name: string): Signer {
  const der = Buffer.concat([Buffer.from(PKCS8_ED25519, 'hex'), sha256(`ed25519:${name}`)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    alg: 'ed25519',
    publicKey: spki.subarray(-32).toString('hex'),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** A P-256 signer with its private scalar. */
export interface P256Signer extends Signer {
  readonly privateKey: Uint8Array;
}

/** An ES256 signer whose key follows from a name. Returns whichever s OpenSSL draws, as an HSM would. */
export function es256Signer(name: string): P256Signer {
  const privateKey = sha256(`es256:${name}`);
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(privateKey);
  const point = new Uint8Array(ecdh.getPublicKey());
  const key = createPrivateKey({
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: toBase64Url(privateKey),
      x: toBase64Url(point.subarray(1, 33)),
      y: toBase64Url(point.subarray(33)),
    },
    format: 'jwk',
  });
  return {
    alg: 'es256',
    privateKey,
    publicKey: toHex(compressPoint(point)),
    sign: (message) => new Uint8Array(sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })),
  };
}
