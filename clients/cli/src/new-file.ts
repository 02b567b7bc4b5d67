import { access, writeFile } from 'node:fs/promises';
import { ClientError, fileError } from '@maker-registry/sdk';

/** Writes a text or bytes to a new file. What is there already stays: throws FILE_EXISTS, FILE_UNWRITABLE. */
export async function writeNewFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    throw fileError(error, path, 'FILE_UNWRITABLE');
  }
}

/** Before long work whose result goes to a new file: throws FILE_EXISTS where one is there already. */
export async function assertNewFile(path: string): Promise<void> {
  try {
    await access(path);
  } catch {
    return;
  }
  throw new ClientError('FILE_EXISTS', `${path} exists already; it is not overwritten.`, { subject: path });
}
