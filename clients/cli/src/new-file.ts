import { writeFile } from 'node:fs/promises';
import { fileError } from '@maker-registry/sdk';

/** Writes a text or bytes to a new file. What is there already stays: throws FILE_EXISTS, FILE_UNWRITABLE. */
export async function writeNewFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    throw fileError(error, path, 'FILE_UNWRITABLE');
  }
}
