import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WatermarkError } from '../errors/watermark-error';
import { type ContentSource } from '../scheme/watermark-scheme';
import { MEDIA_LIMITS } from './media-limits';

function tooLarge(bytes: number, maxBytes: number): WatermarkError {
  return new WatermarkError(
    'MEDIA_TOO_LARGE',
    `The content has ${bytes} bytes; at most ${maxBytes} are read.`,
  );
}

/** Only regular files: a pipe or a device would never end. */
async function assertReadable(path: string, maxBytes: number): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new WatermarkError('MEDIA_UNREADABLE', 'The file does not exist or may not be read.', { cause });
  });
  if (!found.isFile()) throw new WatermarkError('MEDIA_UNREADABLE', 'The path names no regular file.');
  if (found.size === 0) throw new WatermarkError('MEDIA_UNREADABLE', 'The file is empty.');
  if (found.size > maxBytes) throw tooLarge(found.size, maxBytes);
}

/**
 * Runs `work` on the content as a file, which programs read and seek in: bytes get a temporary one, for the time of the
 * work only.
 *
 * @throws WatermarkError MEDIA_UNREADABLE where there is no such regular file, MEDIA_TOO_LARGE above `maxBytes`
 */
export async function withContentFile<T>(
  content: ContentSource,
  work: (path: string) => Promise<T>,
  maxBytes = MEDIA_LIMITS.maxBytes,
): Promise<T> {
  if ('path' in content) {
    await assertReadable(content.path, maxBytes);
    return work(content.path);
  }
  if (content.bytes.length === 0) throw new WatermarkError('MEDIA_UNREADABLE', 'The content is empty.');
  if (content.bytes.length > maxBytes) throw tooLarge(content.bytes.length, maxBytes);
  const folder = await mkdtemp(join(tmpdir(), 'watermark-'));
  try {
    const path = join(folder, 'content');
    await writeFile(path, content.bytes, { mode: 0o600, flag: 'wx' });
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
