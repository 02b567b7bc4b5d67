import {
  type CertificateReason,
  type CertificateRevocationEntry,
  MAX_SERIAL_BYTES,
} from '@maker-registry/protocol';
import { normalizeSerial } from '@maker-registry/pki';
import { ClientError } from '@maker-registry/sdk';

/** One certificate that a command is about, with what is said of it. */
export interface CertificateTarget extends CertificateRevocationEntry {
  readonly ticket?: string;
}

/** What applies to every certificate that does not say otherwise. */
export interface TargetDefaults {
  readonly reason?: CertificateReason;
  readonly invalidity_date?: number;
  readonly ticket?: string;
}

export const keyOf = ({ aki, serial }: { readonly aki: string; readonly serial: string }): string =>
  `${aki}/${serial}`;

const SERIAL = new RegExp(`^[0-9a-f]{1,${2 * MAX_SERIAL_BYTES + 2}}$`);
const AKI = /^(?:[0-9a-f]{2}){1,64}$/;
const SECONDS = /^\d{1,12}$/;
/** ISO 8601 with a zone: a time without one would be another instant on each machine. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/;
const MS_PER_SECOND = 1_000;

/** Serial and key identifier as the ledger writes them; colons and upper case, as other tools print them, are taken. */
export function certificateKey(serial: string, aki: string, where: string): { aki: string; serial: string } {
  const [bareSerial, bareAki] = [bare(serial), bare(aki)];
  if (!SERIAL.test(bareSerial) || /^0+$/.test(bareSerial))
    throw usage(`${where}: "${serial}" is no serial number.`);
  if (!AKI.test(bareAki)) throw usage(`${where}: "${aki}" is no key identifier in hex.`);
  return { aki: bareAki, serial: normalizeSerial(bareSerial) };
}

function bare(hex: string): string {
  return hex.trim().toLowerCase().replace(/^0x/, '').replaceAll(':', '');
}

/** Unix seconds, or an instant in ISO 8601. Throws USAGE. */
export function instant(text: string, where: string): number {
  if (SECONDS.test(text)) return Number(text);
  const milliseconds = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return Math.floor(milliseconds / MS_PER_SECOND);
  throw usage(`${where}: "${text}" is no time: write Unix seconds or 2026-11-26T03:00:00Z.`);
}

export function usage(message: string): ClientError {
  return new ClientError('USAGE', message);
}

/** Targets without those named twice. Two that contradict each other are a mistake that nobody should guess about. */
export function withoutDuplicates(targets: readonly CertificateTarget[]): {
  readonly distinct: readonly CertificateTarget[];
  readonly duplicates: readonly string[];
} {
  const seen = new Map<string, CertificateTarget>();
  const duplicates: string[] = [];
  for (const target of targets) {
    const before = seen.get(keyOf(target));
    if (before === undefined) seen.set(keyOf(target), target);
    else if (isSame(before, target)) duplicates.push(target.serial);
    else throw usage(`Serial ${target.serial} is named twice, with different reasons, dates or tickets.`);
  }
  return { distinct: [...seen.values()], duplicates };
}

/**
 * Asserts that each line of a file says what the command says: revoking is for good and must not come from a reason in a
 * file given to `crl suspend`, nor may `crl revoke` only put on hold. Throws USAGE.
 */
export function assertKind(targets: readonly CertificateTarget[], hold: boolean): void {
  const other = targets.find(({ reason }) => (reason === 'certificateHold') !== hold);
  if (other === undefined) return;
  throw usage(
    hold
      ? `${other.serial} has the reason ${other.reason ?? 'unspecified'}, which is for good: registry crl revoke.`
      : `${other.serial} has the reason certificateHold: a hold is put on by registry crl suspend.`,
  );
}

function isSame(a: CertificateTarget, b: CertificateTarget): boolean {
  const names = ['reason', 'invalidity_date', 'expires_at', 'ticket'] as const;
  return names.every((name) => a[name] === b[name]);
}
