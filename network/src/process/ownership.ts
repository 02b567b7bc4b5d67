import type { PidRecord } from './pid-file';
import { type ProcessIdentity, identify, programOf } from './process-identity';

/** What is known about the process that now has the recorded number. */
export interface Observed {
  readonly identity: ProcessIdentity | undefined;
  readonly program: string | undefined;
}

export function observe(pid: number): Observed {
  return { identity: identify(pid), program: programOf(pid) };
}

/** Whether the number still belongs to the recorded process: pids are reused, start times of one boot are not. */
export function isSameProcess(record: PidRecord, identity: ProcessIdentity | undefined): boolean {
  return (
    identity?.pid === record.pid &&
    identity.startTicks === record.startTicks &&
    identity.bootId === record.bootId
  );
}

/**
 * Whether the live process is the one the record was written for. A recycled pid (other start time, other boot) or
 * another program is a stranger's and is neither counted as running nor ever killed.
 */
export function isOurs(record: PidRecord, { identity, program }: Observed): boolean {
  return isSameProcess(record, identity) && program === record.program;
}
