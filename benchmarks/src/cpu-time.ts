import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TICKS_PER_SECOND } from './limits';

/** CPU milliseconds (user + system) used so far, by process name. */
export type CpuTimes = ReadonlyMap<string, number>;

function processTicks(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and parentheses: fields are counted after the last ')'.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // User and system time, of itself and of its children that have ended.
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  } catch {
    return undefined;
  }
}

/** CPU milliseconds of a process and of all that it started, so far. */
export function familyMilliseconds(pid: number): number {
  return (familyTicks(pid) * 1000) / TICKS_PER_SECOND;
}

/** Ticks of a process and of all that it started: PostgreSQL's sessions, the gateway's HSM worker. */
function familyTicks(pid: number): number {
  let children: string;
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    return 0;
  }
  const descendants = children.trim().split(' ').filter(Boolean).map(Number);
  return (processTicks(pid) ?? 0) + descendants.reduce((sum, child) => sum + familyTicks(child), 0);
}

function recordedPid(file: string): number | undefined {
  const digits = /"pid": *(\d+)/.exec(readFileSync(file, 'utf8'))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Reads the CPU time of every process of the running network and of this process (`load`). */
export function cpuTimes(pidDirectory: string): CpuTimes {
  const times = new Map<string, number>();
  for (const file of readdirSync(pidDirectory).sort()) {
    const pid = recordedPid(join(pidDirectory, file));
    const ticks = pid === undefined ? undefined : familyTicks(pid);
    if (ticks !== undefined) times.set(file.replace(/\.(pid|json)$/, ''), (ticks * 1000) / TICKS_PER_SECOND);
  }
  const own = process.cpuUsage();
  times.set('load', (own.user + own.system) / 1000);
  return times;
}

/** CPU milliseconds between two readings, summed by kind of process (`orderer2` and `orderer3` count as `orderer`). */
export function cpuBetween(before: CpuTimes, after: CpuTimes): Map<string, number> {
  const spent = new Map<string, number>();
  for (const [name, end] of after) {
    const kind = processKind(name);
    const used = end - (before.get(name) ?? 0);
    spent.set(kind, (spent.get(kind) ?? 0) + used);
  }
  return spent;
}

function processKind(name: string): string {
  return /(orderer|peer|chaincode|ca|gateway|mirror|postgres|watchdog|load)/.exec(name)?.[1] ?? name;
}

export function total(spent: ReadonlyMap<string, number>): number {
  return [...spent.values()].reduce((sum, value) => sum + value, 0);
}
