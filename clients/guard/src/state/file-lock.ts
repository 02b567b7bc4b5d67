import { open, readFile, rm } from 'node:fs/promises';
import { ClientError, systemCode } from '@maker-registry/sdk';
import { LOCK_POLL_MS, LOCK_TIMEOUT_MS } from '../limits';

const OWNER_ONLY = 0o600;

/**
 * Runs `work` while this process alone holds the lock file `path`. A lock whose process is gone is taken over. Throws
 * LOCKED when the wait is too long.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  while (!(await tryLock(path))) {
    if (Date.now() > deadline) {
      throw new ClientError('LOCKED', `Another process holds ${path}. Wait until it ends, then try again.`, {
        subject: path,
      });
    }
    await removeIfOwnerIsGone(path);
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', OWNER_ONLY);
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw new ClientError('LOCKED', `The lock ${path} cannot be made.`, { subject: path, cause: error });
  }
}

async function removeIfOwnerIsGone(path: string): Promise<void> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0 || isRunning(pid)) return;
  await rm(path, { force: true });
}

/** Whether a process of this number exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
