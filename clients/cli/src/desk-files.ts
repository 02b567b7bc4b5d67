import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '@maker-registry/sdk';

/** A file, or every file of a folder in the order of their names. Throws FILE_UNREADABLE. */
export async function filesAt(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    return names.sort().map((name) => join(path, name));
  } catch (error) {
    throw fileError(error, path, 'FILE_UNREADABLE');
  }
}
