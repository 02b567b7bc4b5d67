import {
  CONTENT_KEY_BYTES,
  contentKeyCommitment,
  fromHex,
  isPlainObject,
  parseStrictJson,
  toHex,
} from '@maker-registry/protocol';
import { ClientError, readSecretFile, writeSecretFile } from '@maker-registry/sdk';
import { MAX_STATE_BYTES } from '../limits';

/** A content key with what it opens. */
export interface ContentKeyFile {
  /** Hex. */
  readonly artifactId: string;
  readonly keyVersion: number;
  readonly contentKey: Uint8Array;
}

/** Writes a content key to a new file of mode 0600. Throws FILE_EXISTS, FILE_UNWRITABLE. */
export async function writeContentKeyFile(path: string, file: ContentKeyFile): Promise<void> {
  const document = {
    v: 1,
    artifact_id: file.artifactId,
    key_version: file.keyVersion,
    content_key: toHex(file.contentKey),
    commitment: contentKeyCommitment(file.artifactId, file.contentKey),
  };
  await writeSecretFile(path, `${JSON.stringify(document, null, 2)}\n`);
}

/** Reads a content key file. Throws FILE_UNREADABLE, KEY_FILE_EXPOSED, KEY_FILE_MALFORMED. */
export async function readContentKeyFile(
  path: string,
): Promise<ContentKeyFile & { readonly commitment: string }> {
  const bytes = await readSecretFile(path, MAX_STATE_BYTES);
  try {
    const value: unknown = parseStrictJson(bytes);
    if (isPlainObject(value)) return readFields(value);
  } catch (error) {
    throw malformed(path, error);
  } finally {
    bytes.fill(0);
  }
  throw malformed(path);
}

function readFields(value: Record<string, unknown>): ContentKeyFile & { readonly commitment: string } {
  const { v, artifact_id: artifactId, key_version: keyVersion, content_key: hex } = value;
  if (
    v !== 1 ||
    typeof artifactId !== 'string' ||
    typeof keyVersion !== 'number' ||
    typeof hex !== 'string'
  ) {
    throw new TypeError('a member is missing');
  }
  const contentKey = fromHex(hex, CONTENT_KEY_BYTES);
  const commitment = contentKeyCommitment(artifactId, contentKey);
  if (commitment !== value['commitment']) throw new TypeError('key and commitment differ');
  return { artifactId, keyVersion, contentKey, commitment };
}

function malformed(path: string, cause?: unknown): ClientError {
  return new ClientError('KEY_FILE_MALFORMED', `${path} is not a content key file.`, {
    subject: path,
    cause,
  });
}
