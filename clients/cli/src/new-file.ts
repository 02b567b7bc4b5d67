import { writeFile } from 'node:fs/promises';
import { fileError } from '@maker-registry/sdk';

/** Writes a text to a new file. What is there already stays: throws FILE_EXISTS, FILE_UNWRITABLE. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    throw fileError(error, path, 'FILE_UNWRITABLE');
  }
}
