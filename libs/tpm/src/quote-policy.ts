import { type AcceptedEvent } from './event-log/accepted-events';
import { type PcrSet } from './pcr';
import { type AttestationCode, type Check, failed, warned } from './verdict';

/**
 * Checks whose failure says that a machine is not as good as wished, not that its evidence is false: a policy may have them
 * warn. All others always fail.
 */
export const GRADED_CHECKS = [
  'clock-safe',
  'firmware',
  'pcr-reference',
  'event-log-present',
  'event-log-accepted',
] as const;
export type GradedCheck = (typeof GRADED_CHECKS)[number];

/** What the event log of a machine must show. */
export interface EventLogPolicy {
  /** When a log must be given: with each quote, only with the first quote after a boot, or never. */
  readonly demanded: 'always' | 'after-reset' | 'never';
  /** Quoted PCRs that the log must explain; absent: all. An operating system extends some without telling the log. */
  readonly pcrs?: readonly number[];
  /** Every measurement into those PCRs must be among these; absent: any. */
  readonly accepted?: readonly AcceptedEvent[];
}

/** What a machine must show. */
export interface QuotePolicy {
  /** Exactly the PCRs that the quote covers, of one bank. */
  readonly requiredPcrs: PcrSet;
  /** Accepted values in hex by PCR number; a PCR that is not named may have any value. */
  readonly referenceValues?: Readonly<Record<string, readonly string[]>>;
  /** Accepted firmware versions, 16 hex digits each; absent: any. */
  readonly firmware?: readonly string[];
  /** Absent: a log that is given must replay, none need be given. */
  readonly eventLog?: EventLogPolicy;
  /** Checks that only warn; absent: `clock-safe`, for any power cut makes a clock unsafe. */
  readonly warnOn?: readonly GradedCheck[];
}

const WARN_BY_DEFAULT: readonly GradedCheck[] = ['clock-safe'];

/** A graded check that does not hold, as this policy takes it. */
export function shortfall(
  { warnOn = WARN_BY_DEFAULT }: QuotePolicy,
  name: GradedCheck,
  code: AttestationCode,
  detail: string,
): Check {
  return warnOn.includes(name) ? warned(name, code, detail) : failed(name, code, detail);
}
