import { mkdirSync, openSync, closeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LOCK_POLL_MS, LOCK_WAIT_MS } from '../limits';
import { NetworkError } from '../network-error';
import type { Paths } from '../paths';
import { isOurs, observe } from '../process/ownership';
import { readPidFile, removePidFile, writePidFile } from '../process/pid-file';
import { identify, programOf } from '../process/process-identity';

const lockFile = (paths: Paths): string => join(paths.run, 'lock.json');

export interface LockOptions {
  /** Milliseconds to wait for another command; 0 gives up at once. */
  readonly waitMs?: number;
}

/**
 * Runs `work` while no other command changes this network. A lock left by a killed command is recognized (its process
 * is gone) and taken over.
 *
 * @throws NetworkError when another command still holds it after the wait.
 */
export async function withLock<T>(
  paths: Paths,
  command: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const file = lockFile(paths);
  mkdirSync(dirname(file), { recursive: true });
  await awaitFree(file, Date.now() + (options.waitMs ?? LOCK_WAIT_MS));
  removePidFile(file);
  const self = identify(process.pid);
  if (self !== undefined) {
    claim(file);
    writePidFile(file, {
      ...self,
      name: command,
      program: programOf(process.pid) ?? 'node',
      fingerprint: '',
      startedAt: new Date().toISOString(),
    });
  }
  try {
    return await work();
  } finally {
    removePidFile(file);
  }
}

async function awaitFree(file: string, deadline: number): Promise<void> {
  for (;;) {
    const holder = readPidFile(file);
    if (holder === undefined || !isOurs(holder, observe(holder.pid))) return;
    if (Date.now() >= deadline) {
      const who = `"${holder.name}" (process ${holder.pid})`;
      throw new NetworkError(`${who} is at work on this network.`, 'Wait until it has ended.');
    }
    await pause(LOCK_POLL_MS);
  }
}

/** Exclusive creation: of two commands that start at once one loses here. */
function claim(file: string): void {
  try {
    closeSync(openSync(file, 'wx'));
  } catch (cause) {
    throw new NetworkError('Another command has just taken this network.', 'Wait until it has ended.', {
      cause,
    });
  }
}
