import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fileError } from '@maker-registry/sdk';
import { HASH_BLOCK_BYTES } from './limits';

/** SHA-256 of a file of any size. Throws FILE_UNREADABLE. */
export async function fileDigest(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  try {
    for await (const block of createReadStream(path, { highWaterMark: HASH_BLOCK_BYTES }))
      hash.update(block as Buffer);
  } catch (error) {
    throw fileError(error, path, 'FILE_UNREADABLE');
  }
  return hash.digest();
}
