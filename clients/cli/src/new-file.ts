import { access, constants, lstat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ClientError, fileError } from '@maker-registry/sdk';

/** Writes a text or bytes to a new file. What is there already stays: throws FILE_EXISTS, FILE_UNWRITABLE. */
export async function writeNewFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    throw fileError(error, path, 'FILE_UNWRITABLE');
  }
}

/**
 * Before long work whose result goes to a new file: throws FILE_EXISTS where one is there already, FILE_UNWRITABLE where its
 * folder cannot be written to.
 */
export async function assertNewFile(path: string): Promise<void> {
  await assertWritableFolder(path);
  const exists = await lstat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw new ClientError('FILE_EXISTS', `${path} exists already; it is not overwritten.`, { subject: path });
}

/** Throws FILE_UNWRITABLE unless files can be made in the folder that `path` names. */
export async function assertWritableFolder(path: string): Promise<void> {
  try {
    await access(dirname(resolve(path)), constants.W_OK);
  } catch (error) {
    throw fileError(error, path, 'FILE_UNWRITABLE');
  }
}
