import { mkdirSync, openSync, closeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NetworkError } from '../network-error';
import type { Paths } from '../paths';
import { isOurs, observe } from '../process/ownership';
import { readPidFile, removePidFile, writePidFile } from '../process/pid-file';
import { identify, programOf } from '../process/process-identity';

const lockFile = (paths: Paths): string => join(paths.run, 'lock.json');

/**
 * Runs `work` while no other command changes this network. A lock left by a killed command is recognized (its process
 * is gone) and taken over.
 */
export async function withLock<T>(paths: Paths, command: string, work: () => Promise<T>): Promise<T> {
  const file = lockFile(paths);
  mkdirSync(dirname(file), { recursive: true });
  const holder = readPidFile(file);
  if (holder !== undefined && isOurs(holder, observe(holder.pid))) {
    throw new NetworkError(
      `"${holder.name}" is at work on this network (process ${holder.pid}).`,
      'Wait until it has ended.',
    );
  }
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
