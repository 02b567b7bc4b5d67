import { fromHex, isPlainObject, KEY_SHARE_BYTES, parseStrictJson, toHex } from '@maker-registry/protocol';
import { ClientError, type KeyShare, readSecretFile, writeSecretFile } from '@maker-registry/sdk';
import { MAX_STATE_BYTES } from '../limits';

/** The shares of a split content key, between the split and their deposit at the operators. */
export interface KeyShareFile {
  /** Hex. */
  readonly artifactId: string;
  readonly keyVersion: number;
  /** Shares that give the key. */
  readonly threshold: number;
  readonly shares: readonly KeyShare[];
}

/** Writes shares to a new file of mode 0600: whoever has it has the key. Throws FILE_EXISTS, FILE_UNWRITABLE. */
export async function writeKeyShareFile(path: string, file: KeyShareFile): Promise<void> {
  const document = {
    v: 1,
    artifact_id: file.artifactId,
    key_version: file.keyVersion,
    threshold: file.threshold,
    shares: file.shares.map(({ operator, share }) => ({ operator, share: toHex(share) })),
  };
  await writeSecretFile(path, `${JSON.stringify(document, null, 2)}\n`);
}

/** Reads shares. Throws FILE_UNREADABLE, KEY_FILE_EXPOSED, KEY_FILE_MALFORMED. */
export async function readKeyShareFile(path: string): Promise<KeyShareFile> {
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

function readFields(value: Record<string, unknown>): KeyShareFile {
  const { v, artifact_id: artifactId, key_version: keyVersion, threshold, shares } = value;
  const isSound =
    v === 1 &&
    typeof artifactId === 'string' &&
    typeof keyVersion === 'number' &&
    typeof threshold === 'number' &&
    Array.isArray(shares);
  if (!isSound) throw new TypeError('a member is missing');
  return { artifactId, keyVersion, threshold, shares: shares.map(readShare) };
}

function readShare(value: unknown): KeyShare {
  if (isPlainObject(value)) {
    const { operator, share } = value;
    if (typeof operator === 'string' && typeof share === 'string') {
      return { operator, share: fromHex(share, KEY_SHARE_BYTES) };
    }
  }
  throw new TypeError('a share is not one');
}

function malformed(path: string, cause?: unknown): ClientError {
  return new ClientError('KEY_FILE_MALFORMED', `${path} is not a file of key shares.`, {
    subject: path,
    cause,
  });
}
