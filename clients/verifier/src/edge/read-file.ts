import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileError } from '@maker-registry/sdk';
import { VerifierError } from '../verifier-error';

/** Bytes read at once. */
const BLOCK_BYTES = 1_048_576;

/**
 * The bytes of a regular file, at most `maxBytes`. A pipe or device could go on for ever and is refused.
 *
 * @throws ClientError FILE_UNREADABLE
 * @throws VerifierError FILE_REFUSED, CONTENT_TOO_LARGE
 */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  let file: FileHandle;
  try {
    // Without O_NONBLOCK, opening a pipe waits for its other end.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw fileError(error, path, 'FILE_UNREADABLE');
  }
  try {
    if (!(await file.stat()).isFile()) {
      throw new VerifierError('FILE_REFUSED', `${path} is not a regular file.`, { subject: path });
    }
    return await readBlocks(file, path, maxBytes);
  } finally {
    await file.close();
  }
}

/** Counted while reading: a file may grow. */
async function readBlocks(file: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const blocks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BLOCK_BYTES), 0, BLOCK_BYTES);
    if (bytesRead === 0) return new Uint8Array(Buffer.concat(blocks));
    size += bytesRead;
    if (size > maxBytes) {
      throw new VerifierError('CONTENT_TOO_LARGE', `${path} has more than ${maxBytes} bytes.`, {
        subject: path,
      });
    }
    blocks.push(buffer.subarray(0, bytesRead));
  }
}

/**
 * The path of a file URI below `folder`, links resolved: a stranger's document must not choose which of this machine's
 * files are read.
 *
 * @throws VerifierError FILE_REFUSED
 */
export async function confinedPath(uri: string, folder: string): Promise<string> {
  const refused = (cause?: unknown): VerifierError =>
    new VerifierError('FILE_REFUSED', 'The file is not one of the permitted folder.', {
      subject: uri,
      cause,
    });
  let paths: [root: string, target: string];
  try {
    paths = [await realpath(folder), await realpath(fileURLToPath(uri))];
  } catch (error) {
    throw refused(error);
  }
  const below = relative(...paths);
  const isBelow = below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
  if (!isBelow) throw refused();
  return paths[1];
}
