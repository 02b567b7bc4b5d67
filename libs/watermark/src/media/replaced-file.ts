import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

/** A name beside the final one, of the same ending, that no other run uses. */
function temporaryName(output: string): string {
  const ending = extname(output);
  return join(dirname(output), `.${basename(output, ending)}.${randomBytes(6).toString('hex')}${ending}`);
}

/**
 * Lets `write` fill a file under a temporary name beside `output` and renames it when all succeeded. When not, nothing is
 * left and an existing file stays as it was.
 */
export async function writeReplaced<T>(output: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = temporaryName(output);
  try {
    const result = await write(temporary);
    await rename(temporary, output);
    return result;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
