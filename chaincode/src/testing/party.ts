import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { actorId, toHex, type SignatureAlgorithm, type Signer } from '@maker-registry/protocol';

/** A party of a scenario: an actor id and the key that signs for it. */
export interface Party {
  readonly actorId: string;
  readonly signer: Signer;
}

/** PKCS#8 around 32 bytes: an Ed25519 seed. */
const ED25519_PKCS8 = '302e020100300506032b657004220420';
/** SEC 1 inside PKCS#8 around 32 bytes: a P-256 scalar, without its public point. */
const P256_PKCS8 = '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420';

const PKCS8: Readonly<Record<SignatureAlgorithm, string>> = { ed25519: ED25519_PKCS8, es256: P256_PKCS8 };

function publicKeyHex(alg: SignatureAlgorithm, key: KeyObject): string {
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  if (alg === 'ed25519') return toHex(Buffer.from(x, 'base64url'));
  const isOdd = ((Buffer.from(y, 'base64url').at(-1) ?? 0) & 1) === 1;
  return (isOdd ? '03' : '02') + toHex(Buffer.from(x, 'base64url'));
}

/** A signer whose key follows from a name, so that a scenario is the same each time. Never for real use. */
export function signerNamed(name: string, alg: SignatureAlgorithm = 'ed25519'): Signer {
  const seed = createHash('sha256').update(`scenario:${name}`).digest('hex');
  const key = createPrivateKey({ key: Buffer.from(PKCS8[alg] + seed, 'hex'), format: 'der', type: 'pkcs8' });
  return {
    alg,
    publicKey: publicKeyHex(alg, key),
    sign: (message) =>
      alg === 'ed25519'
        ? sign(null, message, key)
        : sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' }),
  };
}

/** A party whose first key follows from its name. */
export function partyNamed(name: string, alg: SignatureAlgorithm = 'ed25519'): Party {
  const signer = signerNamed(name, alg);
  return { signer, actorId: actorId(alg, signer.publicKey) };
}
