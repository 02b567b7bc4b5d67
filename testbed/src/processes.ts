import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningNetwork } from './network-file';

interface PidFile {
  readonly pid: number;
}

/** The process number of one part of the running network, as `make up` recorded it. */
export function processOf(network: RunningNetwork, name: string): number {
  const file = join(network.folder, 'pids', `${name}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as PidFile).pid;
}

/** Ends one part of the network without any chance to tidy up, as a power cut would. */
export function killHard(network: RunningNetwork, name: string): void {
  process.kill(processOf(network, name), 'SIGKILL');
}

/** Whether the recorded process exists and is not a zombie. */
export function isRunning(network: RunningNetwork, name: string): boolean {
  try {
    const stat = readFileSync(`/proc/${processOf(network, name)}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
