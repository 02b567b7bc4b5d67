import { ALG } from '../algorithms';
import { MAX_EVENTS } from '../limits';
import { TpmFormatError } from '../tpm-format-error';
import { LogReader } from './log-reader';
import { type LogAlgorithm, parseSpecification } from './specification-event';

/** Event types with a meaning of their own here (TCG PC Client Platform Firmware Profile, table 27). */
export const EVENT_TYPE = { noAction: 0x0000_0003 } as const;

const SHA1_BYTES = 20;
/** PCRs of a PC client platform. */
const PCR_COUNT = 24;

/** One TCG_PCR_EVENT2. Only PCR index and digest went into a PCR: type and data are what the log claims they were. */
export interface FirmwareEvent {
  readonly pcr: number;
  readonly type: number;
  /** By TPM_ALG_ID: one for each algorithm of the log. */
  readonly digests: ReadonlyMap<number, Buffer>;
  readonly data: Buffer;
}

export interface EventLog {
  readonly algorithms: readonly LogAlgorithm[];
  /** In the order of measurement, without the heading. */
  readonly events: readonly FirmwareEvent[];
}

/**
 * Parses a crypto-agile event log as Linux gives it in `binary_bios_measurements`: a heading in the old form that carries
 * TCG_EfiSpecIDEvent, then TCG_PCR_EVENT2 until the end. A log of the old form alone has SHA-1 digests only and is
 * refused. Throws TpmFormatError.
 */
export function parseEventLog(bytes: Uint8Array): EventLog {
  const reader = new LogReader(bytes);
  const algorithms = parseHeading(reader);
  const sizes = new Map(algorithms.map(({ id, size }) => [id, size]));
  const events: FirmwareEvent[] = [];
  while (!reader.ended) {
    if (events.length === MAX_EVENTS)
      throw new TpmFormatError(`an event log has at most ${MAX_EVENTS} events`);
    events.push(parseEvent(reader, sizes));
  }
  return { algorithms, events };
}

/** TCG_PCR_EVENT, the old form. */
function parseHeading(reader: LogReader): readonly LogAlgorithm[] {
  const pcr = reader.u32("the heading's PCR");
  const type = reader.u32("the heading's type");
  const digest = reader.take(SHA1_BYTES, "the heading's digest");
  const data = reader.take(reader.u32("the heading's size"), 'the heading');
  if (pcr !== 0 || type !== EVENT_TYPE.noAction || digest.some((byte) => byte !== 0)) {
    throw new TpmFormatError(
      'the event log has no heading of the crypto-agile form; SHA-1 logs are not accepted',
    );
  }
  return parseSpecification(data);
}

function parseEvent(reader: LogReader, sizes: ReadonlyMap<number, number>): FirmwareEvent {
  const pcr = reader.u32("an event's PCR");
  const type = reader.u32("an event's type");
  const digests = parseDigests(reader, sizes);
  const data = reader.take(reader.u32("an event's size"), 'an event');
  // What extends nothing may name any index, and some firmware does.
  if (pcr >= PCR_COUNT && type !== EVENT_TYPE.noAction) throw new TpmFormatError('an event names no PCR');
  return { pcr, type, digests, data };
}

/** Each algorithm of the heading exactly once: a missing digest would leave a bank unexplained, a second one is ambiguous. */
function parseDigests(reader: LogReader, sizes: ReadonlyMap<number, number>): ReadonlyMap<number, Buffer> {
  const count = reader.u32('the number of digests');
  if (count !== sizes.size)
    throw new TpmFormatError('an event has not one digest for each algorithm of the log');
  const digests = new Map<number, Buffer>();
  for (let i = 0; i < count; i += 1) {
    const algorithm = reader.u16("a digest's algorithm");
    const size = sizes.get(algorithm);
    if (size === undefined || digests.has(algorithm)) {
      throw new TpmFormatError("an event's digests are not those of the log's algorithms");
    }
    digests.set(algorithm, reader.take(size, 'a digest'));
  }
  return digests;
}

/** Whether the log carries digests for this bank. */
export function hasBank(log: EventLog, algorithm: number): boolean {
  return algorithm !== ALG.SHA1 && log.algorithms.some(({ id }) => id === algorithm);
}
