import {
  ATTESTATION_ALGORITHMS,
  isPlainObject,
  type JsonValue,
  parseStrictJson,
} from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { MAX_KEY_FILE_BYTES } from '../limits';
import { attestationKeyFromJwk, type SoftwareAttestationKey } from './attestation-key';
import { readSecretFile, writeSecretFile } from './secret-file';

/** Says in the file what the key is for: an actor's key must not pass for a model's, nor the other way. */
const USE = 'attestation';

/**
 * Writes a model's attestation key to a new file that only its owner can read (0600). The form is JSON
 * `{"v":1,"use":"attestation","alg","public_key","jwk"}` with a private JWK. An existing file is never overwritten:
 * throws FILE_EXISTS.
 */
export async function writeAttestationKeyFile(path: string, key: SoftwareAttestationKey): Promise<void> {
  const document = {
    v: 1,
    use: USE,
    alg: key.alg,
    public_key: key.publicKey,
    jwk: key.privateKey.export({ format: 'jwk' }),
  };
  await writeSecretFile(path, `${JSON.stringify(document, null, 2)}\n`);
}

/**
 * Reads an attestation key file. Throws KEY_FILE_EXPOSED when others may read it, KEY_FILE_MALFORMED when it does not
 * parse, is for another use, or its public key is not the one of its private key.
 */
export async function readAttestationKeyFile(path: string): Promise<SoftwareAttestationKey> {
  const document = parseKeyDocument(path, await readSecretFile(path, MAX_KEY_FILE_BYTES));
  const alg = ATTESTATION_ALGORITHMS.find((name) => name === document['alg']);
  const { jwk } = document;
  if (alg === undefined || !isPlainObject(jwk)) throw malformed(path, 'it holds no key that is known');
  const key = attestationKeyFromJwk(alg, jwk);
  if (key.publicKey !== document['public_key']) {
    throw malformed(path, 'its public key is not the one of its private key');
  }
  return key;
}

function parseKeyDocument(path: string, bytes: Uint8Array): Record<string, unknown> {
  let document: JsonValue;
  try {
    document = parseStrictJson(bytes);
  } catch (error) {
    throw malformed(path, 'it is not JSON', error);
  }
  if (!isPlainObject(document) || document['v'] !== 1 || document['use'] !== USE) {
    throw malformed(path, 'it is not an attestation key of version 1');
  }
  return document;
}

function malformed(path: string, why: string, cause?: unknown): ClientError {
  return new ClientError('KEY_FILE_MALFORMED', `The key file ${path} is not usable: ${why}.`, {
    subject: path,
    cause,
  });
}
