import { statfs } from 'node:fs/promises';
import { ClientError } from '@maker-registry/sdk';

const DIRECTORY = '/dev/shm';
/** Magic numbers of file systems that live in memory (statfs(2)). */
const TMPFS_MAGIC = 0x01021994;
const RAMFS_MAGIC = 0x858458f6;

/**
 * A directory whose files never reach a disk. Throws MEMORY_FILE when /dev/shm is not a memory file system or has not
 * `bytes` free: writing secrets to what only looks like memory would be worse than not running.
 */
export async function memoryDirectory(bytes = 0): Promise<string> {
  let facts: Awaited<ReturnType<typeof statfs>>;
  try {
    facts = await statfs(DIRECTORY);
  } catch (error) {
    throw new ClientError('MEMORY_FILE', `${DIRECTORY} is not there.`, { subject: DIRECTORY, cause: error });
  }
  if (facts.type !== TMPFS_MAGIC && facts.type !== RAMFS_MAGIC) {
    throw new ClientError('MEMORY_FILE', `${DIRECTORY} is not a memory file system.`, { subject: DIRECTORY });
  }
  const free = facts.bavail * facts.bsize;
  if (facts.type === TMPFS_MAGIC && facts.blocks > 0 && free < bytes) {
    throw new ClientError(
      'MEMORY_FILE',
      `${DIRECTORY} has ${free} bytes free; ${bytes} are needed for the plaintext.`,
      {
        subject: DIRECTORY,
      },
    );
  }
  return DIRECTORY;
}
