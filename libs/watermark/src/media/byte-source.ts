import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { WatermarkError } from '../errors/watermark-error';
import { type ContentSource } from '../scheme/watermark-scheme';

/** Content that is read in pieces, so that files of many gigabytes need little memory. */
export interface ByteSource {
  /** Bytes of the content when it was opened. */
  readonly size: number;
  /**
   * Fills `into` with the bytes from `offset` on.
   *
   * @throws WatermarkError MEDIA_UNREADABLE where the content ends before
   */
  read(offset: number, into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** @throws WatermarkError MEDIA_UNREADABLE if the file cannot be opened or is no file */
export async function openContent(content: ContentSource): Promise<ByteSource> {
  if ('bytes' in content) return bytesInMemory(content.bytes);
  try {
    // Without blocking: a pipe that nobody writes to would hold the work for ever before it can be refused.
    const handle = await open(content.path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await handle.stat();
    if (status.isFile()) return new FileBytes(handle, status.size);
    await handle.close();
  } catch (error) {
    throw new WatermarkError(
      'MEDIA_UNREADABLE',
      'The content cannot be opened. Check the path and its permissions.',
      {
        subject: 'content',
        cause: error,
      },
    );
  }
  throw new WatermarkError('MEDIA_UNREADABLE', 'The content is not a regular file.', { subject: 'content' });
}

function ended(): WatermarkError {
  return new WatermarkError('MEDIA_UNREADABLE', 'The content ends before its header says. It is truncated.', {
    subject: 'content',
  });
}

function bytesInMemory(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, into) => {
      if (offset + into.length > bytes.length) return Promise.reject(ended());
      into.set(bytes.subarray(offset, offset + into.length));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

class FileBytes implements ByteSource {
  readonly size: number;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    let done = 0;
    while (done < into.length) {
      const { bytesRead } = await this.#handle.read(into, done, into.length - done, offset + done);
      if (bytesRead === 0) throw ended();
      done += bytesRead;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
