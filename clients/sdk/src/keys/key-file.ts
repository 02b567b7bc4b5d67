import {
  isPlainObject,
  type JsonValue,
  parseStrictJson,
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
} from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { MAX_KEY_FILE_BYTES } from '../limits';
import { privateKeyFromJwk, softwareActorKey, type SoftwareActorKey } from './actor-signer';
import { readSecretFile, writeSecretFile } from './secret-file';

const HEX_ID = /^[0-9a-f]{64}$/;

/**
 * Writes an actor key to a new file that only its owner can read (0600). The form is JSON
 * `{"v":1,"actor_id","alg","public_key","jwk"}` with a private JWK. An existing file is never overwritten: throws
 * FILE_EXISTS.
 */
export async function writeActorKeyFile(path: string, key: SoftwareActorKey): Promise<void> {
  const document = {
    v: 1,
    actor_id: key.actorId,
    alg: key.signer.alg,
    public_key: key.signer.publicKey,
    jwk: key.privateKey.export({ format: 'jwk' }),
  };
  await writeSecretFile(path, `${JSON.stringify(document, null, 2)}\n`);
}

/**
 * Reads an actor key file. Throws KEY_FILE_EXPOSED when others may read it, KEY_FILE_MALFORMED when it does not parse
 * or when its public key is not the one of its private key.
 */
export async function readActorKeyFile(path: string): Promise<SoftwareActorKey> {
  const fields = parseKeyDocument(path, await readSecretFile(path, MAX_KEY_FILE_BYTES));
  const key = softwareActorKey(fields.alg, privateKeyFromJwk(fields.jwk), fields.actorId);
  if (key.signer.publicKey !== fields.publicKey)
    throw malformed(path, 'its public key is not the one of its private key');
  return key;
}

interface KeyFields {
  readonly actorId: string;
  readonly alg: SignatureAlgorithm;
  readonly publicKey: string;
  readonly jwk: Record<string, unknown>;
}

function parseKeyDocument(path: string, bytes: Uint8Array): KeyFields {
  let document: JsonValue;
  try {
    document = parseStrictJson(bytes);
  } catch (error) {
    throw malformed(path, 'it is not JSON', error);
  }
  if (!isPlainObject(document) || document['v'] !== 1)
    throw malformed(path, 'it has not the form of version 1');
  const { actor_id: actorId, alg, public_key: publicKey, jwk } = document;
  const algorithm = SIGNATURE_ALGORITHMS.find((name) => name === alg);
  if (algorithm === undefined) throw malformed(path, 'its algorithm is neither ed25519 nor es256');
  if (typeof actorId !== 'string' || !HEX_ID.test(actorId))
    throw malformed(path, 'its actor_id is not an id');
  if (typeof publicKey !== 'string' || !isPlainObject(jwk)) throw malformed(path, 'it holds no key');
  return { actorId, alg: algorithm, publicKey, jwk };
}

function malformed(path: string, why: string, cause?: unknown): ClientError {
  return new ClientError('KEY_FILE_MALFORMED', `The key file ${path} is not usable: ${why}.`, {
    subject: path,
    cause,
  });
}
