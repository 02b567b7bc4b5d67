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

/**
 * Whether the live process is the one the record was written for. A recycled pid (other start time, other boot) or
 * another program is a stranger's and is neither counted as running nor ever killed.
 */
export function isOurs(record: PidRecord, observed: Observed): boolean {
  const { identity, program } = observed;
  if (identity === undefined) return false;
  if (
    identity.pid !== record.pid ||
    identity.startTicks !== record.startTicks ||
    identity.bootId !== record.bootId
  ) {
    return false;
  }
  return program === record.program;
}
