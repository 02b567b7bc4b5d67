import { type EntryReason, reasonName, REMOVE_FROM_CRL } from './crl-reasons';
import { DerReader } from './der-reader';
import { TAG } from './der-tags';
import { type Extension, findExtension, readExtensions } from './extensions';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

/** One entry as read. */
export interface CrlEntry {
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  readonly revokedAt: number;
  /** Absent for "unspecified". */
  readonly reason?: EntryReason;
  /** Whether "unspecified" is written out: RFC 5280 §5.3.1 asks issuers to leave it out, and some write it. */
  readonly unspecifiedWritten?: true;
  readonly invalidityDate?: number;
}

const UNSPECIFIED = 0;
const NO_CODE = -1;
const KNOWN_EXTENSIONS = new Set<string>([OID.reasonCode, OID.invalidityDate]);

/** Reads one entry; adds critical extensions that are not understood to `unknown`. Throws PkiFormatError. */
export function readEntry(reader: DerReader, unknown: Set<string>): CrlEntry {
  const fields = reader.inside(reader.expect(TAG.sequence, 'an entry'));
  const serial = fields.unsigned('a serial number');
  if (serial === '00') throw new PkiFormatError('an entry has the serial number zero');
  const revokedAt = fields.time('a revocation date');
  if (fields.done) return { serial, revokedAt };
  const extensions = readExtensions(fields, fields.expect(TAG.sequence, "an entry's extensions"));
  fields.finish('an entry');
  for (const { oid, critical } of extensions) {
    if (critical && !KNOWN_EXTENSIONS.has(oid)) unknown.add(oid);
  }
  return { serial, revokedAt, ...readReason(extensions), ...readInvalidityDate(extensions) };
}

function readReason(extensions: readonly Extension[]): Pick<CrlEntry, 'reason' | 'unspecifiedWritten'> {
  const extension = findExtension(extensions, OID.reasonCode);
  if (extension === undefined) return {};
  const reader = new DerReader(extension.value);
  const content = reader.content(reader.expect(TAG.enumerated, 'a reason'));
  reader.finish('a reason');
  const code = content.length === 1 ? (content[0] ?? NO_CODE) : NO_CODE;
  if (code === UNSPECIFIED) return { unspecifiedWritten: true };
  const reason = code === REMOVE_FROM_CRL ? 'removeFromCRL' : reasonName(code);
  if (reason === undefined) throw new PkiFormatError('a reason has a value that RFC 5280 does not allow');
  return { reason };
}

function readInvalidityDate(extensions: readonly Extension[]): Pick<CrlEntry, 'invalidityDate'> {
  const extension = findExtension(extensions, OID.invalidityDate);
  if (extension === undefined) return {};
  const reader = new DerReader(extension.value);
  if (reader.peek() !== TAG.generalizedTime)
    throw new PkiFormatError('an invalidity date is not a GeneralizedTime');
  const invalidityDate = reader.time('an invalidity date');
  reader.finish('an invalidity date');
  return { invalidityDate };
}
