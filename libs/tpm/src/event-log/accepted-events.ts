import { type HashAlgorithm } from '../algorithms';
import { type EventLog } from './event-log';
import { extendingEvents } from './replay';

/** An event that an operator has reviewed. All three must match: alone, the type is the log's word (it is in no PCR). */
export interface AcceptedEvent {
  readonly pcr: number;
  /** Event type of the Firmware Profile, e.g. 4 for EV_SEPARATOR. */
  readonly type: number;
  /** Digest in the quote's bank, hex. */
  readonly digest: string;
}

/** What is said of an event that nobody accepted. */
export interface StrangeEvent {
  readonly pcr: number;
  readonly type: number;
}

/** The measurements in these PCRs that are not on the list. */
export function strangeEvents(
  log: EventLog,
  hash: HashAlgorithm,
  pcrs: ReadonlySet<number>,
  accepted: readonly AcceptedEvent[],
): readonly StrangeEvent[] {
  const known = new Set(accepted.map(({ pcr, type, digest }) => key(pcr, type, digest)));
  return extendingEvents(log, pcrs)
    .filter(
      ({ pcr, type, digests }) => !known.has(key(pcr, type, digests.get(hash.id)?.toString('hex') ?? '')),
    )
    .map(({ pcr, type }) => ({ pcr, type }));
}

function key(pcr: number, type: number, digest: string): string {
  return `${pcr}:${type}:${digest}`;
}
