import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ClientError, type ClientErrorCode } from '../errors/client-error';
import { messageOf, systemCode } from '../errors/system-error';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/**
 * Writes `data` to a new file with mode 0600 and waits until it is on the disk. Throws FILE_EXISTS, FILE_UNWRITABLE.
 */
export async function writeSecretFile(path: string, data: string | Uint8Array): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'wx', OWNER_ONLY);
  } catch (error) {
    throw fileError(error, path, 'FILE_UNWRITABLE');
  }
  try {
    await handle.writeFile(data);
    await handle.sync();
  } catch (error) {
    throw fileError(error, path, 'FILE_UNWRITABLE');
  } finally {
    await handle.close();
  }
}

/**
 * Reads a file of secrets. It refuses a symbolic link and a file that group or others may read, since its content is
 * then known to whoever could look. Throws FILE_UNREADABLE, KEY_FILE_EXPOSED, KEY_FILE_MALFORMED (too large).
 */
export async function readSecretFile(path: string, maxBytes: number): Promise<Buffer> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw fileError(error, path, 'FILE_UNREADABLE');
  }
  try {
    const { mode, size } = await handle.stat();
    if ((mode & OTHERS) !== 0) {
      throw new ClientError('KEY_FILE_EXPOSED', `${path} can be read by others. Run: chmod 600 ${path}`, {
        subject: path,
      });
    }
    if (size > maxBytes) {
      throw new ClientError(
        'KEY_FILE_MALFORMED',
        `${path} has ${size} bytes; at most ${maxBytes} are expected.`,
        {
          subject: path,
        },
      );
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** A file system error as a ClientError: FILE_EXISTS where a file is in the way, otherwise `code`. */
export function fileError(error: unknown, path: string, code: ClientErrorCode): ClientError {
  if (error instanceof ClientError) return error;
  return systemCode(error) === 'EEXIST'
    ? new ClientError('FILE_EXISTS', `${path} exists already; it is not overwritten.`, {
        subject: path,
        cause: error,
      })
    : new ClientError(code, `${path}: ${messageOf(error)}`, { subject: path, cause: error });
}
