import { generateKeyPairSync, type KeyObject, createPrivateKey, createPublicKey } from 'node:crypto';
import { actorId, type SignatureAlgorithm, type Signer, toHex } from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { SoftwareSigner } from './software-signer';

/**
 * An actor and something that signs for it. `actorId` comes from the actor's *first* key, so after a rotation it cannot
 * be told from the signer's key. HSM and TPM signers fit in: anything with `alg`, `publicKey` and `sign`.
 */
export interface ActorSigner {
  /** Hex. */
  readonly actorId: string;
  readonly signer: Signer;
}

/** An actor key in memory with its private part, as a key file holds it. */
export interface SoftwareActorKey extends ActorSigner {
  readonly signer: SoftwareSigner;
  readonly privateKey: KeyObject;
}

const COORDINATE_BYTES = 32;
const EVEN_PREFIX = 0x02;

/**
 * Makes a new key. Without `forActor` it is the first key of a new actor; with it, the next key of that actor, to be
 * announced by an `actor.rotate` intent.
 */
export function generateActorKey(alg: SignatureAlgorithm = 'ed25519', forActor?: string): SoftwareActorKey {
  const pair =
    alg === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return softwareActorKey(alg, pair.privateKey, forActor);
}

/** The actor key of a private key. `forActor` names the actor when the key is not its first one. */
export function softwareActorKey(
  alg: SignatureAlgorithm,
  privateKey: KeyObject,
  forActor?: string,
): SoftwareActorKey {
  const publicKey = publicKeyHex(alg, privateKey);
  return {
    actorId: forActor ?? actorId(alg, publicKey),
    signer: new SoftwareSigner(alg, publicKey, privateKey),
    privateKey,
  };
}

/** The registry's form of the public key: 32 bytes for Ed25519, a compressed point for P-256. Hex. */
export function publicKeyHex(alg: SignatureAlgorithm, key: KeyObject): string {
  const jwk = createPublicKey(
    key.type === 'private' ? { key: key.export({ format: 'jwk' }), format: 'jwk' } : key,
  ).export({
    format: 'jwk',
  });
  const x = Buffer.from(jwk.x ?? '', 'base64url');
  if (alg === 'ed25519' && jwk.crv === 'Ed25519') return toHex(x);
  if (alg === 'es256' && jwk.crv === 'P-256') {
    const y = Buffer.from(jwk.y ?? '', 'base64url');
    const prefix = EVEN_PREFIX + ((y[COORDINATE_BYTES - 1] ?? 0) & 1);
    return toHex(Buffer.concat([Buffer.of(prefix), x]));
  }
  throw new ClientError('KEY_FILE_MALFORMED', `The private key is not a key for ${alg}.`);
}

/** Imports a private JWK. Throws KEY_FILE_MALFORMED. */
export function privateKeyFromJwk(jwk: Record<string, unknown>): KeyObject {
  try {
    return createPrivateKey({ key: jwk, format: 'jwk' });
  } catch (error) {
    throw new ClientError('KEY_FILE_MALFORMED', 'The private key in the key file is not a valid JWK.', {
      cause: error,
    });
  }
}
