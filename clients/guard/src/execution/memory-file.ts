import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ClientError } from '@maker-registry/sdk';
import { writeFully } from '../container/file-bytes';
import { memoryDirectory } from '../memory-directory';

const OWNER_ONLY = 0o600;
const NAME_BYTES = 12;

/**
 * A file in memory without a name: made in /dev/shm with mode 0600 and unlinked before a single byte of plaintext is in
 * it, so that nothing finds it by path, and the kernel frees it when the last descriptor closes, also after a crash.
 */
export class MemoryFile {
  readonly #writer: FileHandle;
  readonly #reader: FileHandle;

  private constructor(writer: FileHandle, reader: FileHandle) {
    this.#writer = writer;
    this.#reader = reader;
  }

  /** Makes an empty file where `bytes` have room. Throws MEMORY_FILE. */
  static async create(bytes: number): Promise<MemoryFile> {
    const path = join(await memoryDirectory(bytes), `guard-${randomBytes(NAME_BYTES).toString('hex')}`);
    const writer = await open(
      path,
      constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      OWNER_ONLY,
    );
    try {
      const reader = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      return new MemoryFile(writer, reader);
    } catch (error) {
      await writer.close();
      throw new ClientError('MEMORY_FILE', 'A memory file cannot be made.', { cause: error });
    } finally {
      await unlink(path);
    }
  }

  /** Descriptor to hand to a command: read only, at offset 0. */
  get descriptor(): number {
    return this.#reader.fd;
  }

  /** Writes all of `data` at `position`. */
  write(data: Uint8Array, position: number): void {
    writeFully(this.#writer.fd, data, position);
  }

  /**
   * Takes the content away, also from processes that still hold or map the file: a mapped page beyond the end of a
   * truncated file raises SIGBUS. The kernel clears freed pages before anyone else gets them.
   */
  async wipe(): Promise<void> {
    await this.#writer.truncate(0);
    await this.#reader.close();
    await this.#writer.close();
  }
}

/** Whether the kernel may write pages of memory files to a swap device. */
export async function isSwapActive(): Promise<boolean> {
  const lines = (await readFile('/proc/swaps', 'utf8').catch(() => '')).trim().split('\n');
  return lines.length > 1;
}
