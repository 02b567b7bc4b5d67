import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * What makes a running process recognizable beyond its number: pids are reused, so a number alone could name a
 * stranger's process. Start time (clock ticks since boot) and boot id together name one process for ever.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
}

/** State letter and start time out of a `/proc/<pid>/stat` line; the command in brackets may itself hold brackets and blanks. */
export function parseStat(line: string): { readonly state: string; readonly startTicks: string } | undefined {
  const rest = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const state = rest[0];
  const startTicks = rest[19];
  return state === undefined || startTicks === undefined || line.lastIndexOf(')') < 0
    ? undefined
    : { state, startTicks };
}

/** The identity of a live process, or undefined when there is none (or only a zombie). */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  const parsed = stat === undefined ? undefined : parseStat(stat);
  if (parsed === undefined || parsed.state === 'Z' || parsed.state === 'X') return undefined;
  return { pid, startTicks: parsed.startTicks, bootId: bootId() };
}

/** The program a process runs, by the name of its executable file. */
export function programOf(pid: number): string | undefined {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readOrUndefined('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown';
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
