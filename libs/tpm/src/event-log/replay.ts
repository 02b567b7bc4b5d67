import { createHash } from 'node:crypto';
import { type HashAlgorithm } from '../algorithms';
import { TpmFormatError } from '../tpm-format-error';
import { EVENT_TYPE, type EventLog, type FirmwareEvent, hasBank } from './event-log';

/** StartupLocality event: signature, then the locality of TPM2_Startup (Firmware Profile, 10.4.5.3). */
const STARTUP_LOCALITY = Buffer.from('StartupLocality\0', 'latin1');
/** Startup at 0 or 3, or 4 after the H-CRTM measured first. */
const LOCALITIES = new Set([0, 3, 4]);
/** PCRs that begin with all bits set, until a dynamic launch resets them (PC Client Platform TPM Profile, table 4). */
const DYNAMIC = { first: 17, last: 22 };
const ALL_ONES = 0xff;

/**
 * The values of PCRs that a log accounts for, by number; a PCR without events has its value of power-on.
 * EV_NO_ACTION never extends, whatever digest it carries; a StartupLocality event says where PCR 0 began. Throws
 * TpmFormatError for a log without digests of this bank or with a contradictory StartupLocality.
 */
export function replayEventLog(
  log: EventLog,
  hash: HashAlgorithm,
  pcrs: readonly number[],
): ReadonlyMap<number, Buffer> {
  if (!hasBank(log, hash.id)) throw new TpmFormatError(`the event log has no ${hash.name} digests`);
  const values = new Map(pcrs.map((pcr) => [pcr, initialValue(pcr, hash)]));
  const extended = new Set<number>();
  for (const event of log.events) {
    if (event.type === EVENT_TYPE.noAction) {
      applyStartupLocality(event, extended, values);
      continue;
    }
    extended.add(event.pcr);
    const before = values.get(event.pcr);
    const digest = event.digests.get(hash.id);
    if (before === undefined || digest === undefined) continue;
    values.set(event.pcr, createHash(hash.name).update(before).update(digest).digest());
  }
  return values;
}

/** Events that extended one of these PCRs. */
export function extendingEvents(log: EventLog, pcrs: ReadonlySet<number>): readonly FirmwareEvent[] {
  return log.events.filter(({ pcr, type }) => type !== EVENT_TYPE.noAction && pcrs.has(pcr));
}

function initialValue(pcr: number, hash: HashAlgorithm): Buffer {
  const isDynamic = pcr >= DYNAMIC.first && pcr <= DYNAMIC.last;
  return Buffer.alloc(hash.size, isDynamic ? ALL_ONES : 0);
}

function applyStartupLocality(
  { pcr, data }: FirmwareEvent,
  extended: Set<number>,
  values: Map<number, Buffer>,
): void {
  const prefix = data.subarray(0, STARTUP_LOCALITY.length);
  if (pcr !== 0 || !prefix.equals(STARTUP_LOCALITY)) return;
  const locality = data[STARTUP_LOCALITY.length];
  if (locality === undefined || data.length !== prefix.length + 1 || !LOCALITIES.has(locality)) {
    throw new TpmFormatError('the StartupLocality event is malformed');
  }
  // A second one, or one after a measurement, would let a log choose the value that PCR 0 comes out at.
  if (extended.has(0)) throw new TpmFormatError('the StartupLocality event comes too late');
  extended.add(0);
  values.get(0)?.writeUInt8(locality, (values.get(0)?.length ?? 1) - 1);
}
