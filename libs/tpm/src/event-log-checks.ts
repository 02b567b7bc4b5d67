import { type ClockInfo } from './attest';
import { type PreviousClock } from './clock-checks';
import { strangeEvents } from './event-log/accepted-events';
import { type EventLog, parseEventLog } from './event-log/event-log';
import { replayEventLog } from './event-log/replay';
import { type QuotedPcrs } from './pcr-checks';
import { type QuotePolicy, shortfall } from './quote-policy';
import { TpmFormatError } from './tpm-format-error';
import { type Check, check, failed, notChecked, passed } from './verdict';

export interface LogEvidence {
  readonly eventLog: Uint8Array | undefined;
  readonly quoted: QuotedPcrs;
  readonly clock: ClockInfo;
  readonly previous: PreviousClock | undefined;
  readonly policy: QuotePolicy;
}

/** Strange events that are named in a detail; a log may have thousands. */
const NAMED = 5;

/**
 * The log is there when it must be, replays to the values of the quote, and has no measurement that nobody accepted. A log
 * that does not replay is a false statement and never only a shortfall.
 */
export function eventLogChecks(evidence: LogEvidence): readonly Check[] {
  const { eventLog } = evidence;
  if (eventLog === undefined) return [absenceCheck(evidence)];
  try {
    return [passed('event-log-present'), ...contentChecks(parseEventLog(eventLog), evidence)];
  } catch (error) {
    if (!(error instanceof TpmFormatError)) throw error;
    return [failed('event-log-replay', 'EVENT_LOG_MALFORMED', error.message)];
  }
}

function absenceCheck({ policy, clock, previous }: LogEvidence): Check {
  const demanded = policy.eventLog?.demanded ?? 'never';
  const isSameBoot = previous?.resetCount === clock.resetCount;
  if (demanded === 'never' || (demanded === 'after-reset' && isSameBoot)) {
    return notChecked('event-log-present', 'no event log was given or demanded');
  }
  return shortfall(policy, 'event-log-present', 'EVENT_LOG_MISSING', 'the event log of this boot is missing');
}

function contentChecks(log: EventLog, { quoted, policy }: LogEvidence): readonly Check[] {
  const { hash, values } = quoted;
  const explained = [...(policy.eventLog?.pcrs ?? values.keys())];
  const replayed = replayEventLog(log, hash, explained);
  const differing = explained.filter((pcr) => values.get(pcr) !== replayed.get(pcr)?.toString('hex'));
  return [
    check(
      'event-log-replay',
      differing.length === 0,
      'EVENT_LOG_MISMATCH',
      `the event log does not account for PCR ${differing.join(', ')}`,
    ),
    acceptanceCheck(log, explained, quoted, policy),
  ];
}

function acceptanceCheck(
  log: EventLog,
  explained: readonly number[],
  { hash }: QuotedPcrs,
  policy: QuotePolicy,
): Check {
  const accepted = policy.eventLog?.accepted;
  if (accepted === undefined) return notChecked('event-log-accepted', 'no accepted events are listed');
  const strange = strangeEvents(log, hash, new Set(explained), accepted);
  if (strange.length === 0) return passed('event-log-accepted');
  const named = strange.slice(0, NAMED).map(({ pcr, type }) => `type ${type} in PCR ${pcr}`);
  const detail = `${strange.length} events are not on the list of accepted ones: ${named.join(', ')}`;
  return shortfall(policy, 'event-log-accepted', 'EVENT_NOT_ACCEPTED', detail);
}
