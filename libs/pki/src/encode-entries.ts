import { CRL_REASONS, type CrlReason, REMOVE_FROM_CRL } from './crl-reasons';
import { TAG } from './der-tags';
import { element, extension, generalizedTime, sequence } from './der-writer';
import { timeLength, TimeWriter } from './entry-time';
import { MAX_NUMBER_BYTES } from './limits';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';
import { type RevocationTable } from './revocation-table';
import { ROW_STRIDE } from './serial-order';

/** Identifier and length octets of a short element. */
const SHORT_HEADER = 2;
const SIGN_BIT = 0x80;
/** GeneralizedTime as a whole element: what ends a template with an invalidity date. */
const DATE_LENGTH = 17;
const NOTHING = Buffer.alloc(0);

/**
 * Writes the entries in order of their serial numbers into one buffer of known size: a million of them must not become as
 * many objects, nor be copied together.
 */
export class EntryEncoder {
  /** Bytes that `write` writes. */
  readonly length: number;
  readonly #table: RevocationTable;
  readonly #order: Uint32Array;

  constructor(table: RevocationTable, thisUpdate: number, isDelta: boolean) {
    this.#table = table;
    this.#order = table.order();
    let length = 0;
    for (let row = 0; row < table.length; row += 1) {
      if (table.revokedAt(row) > thisUpdate) throw new PkiFormatError('a revocation lies after thisUpdate');
      if (table.reasonCode(row) === REMOVE_FROM_CRL && !isDelta)
        throw new PkiFormatError('only a delta CRL may take an entry away');
      length += SHORT_HEADER + this.#contentLength(row);
    }
    this.length = length;
  }

  /** Returns one past the last byte written. Throws PkiFormatError for a time that has no encoding. */
  write(into: Buffer, start: number): number {
    const times = new TimeWriter();
    let at = start;
    for (const row of this.#order) at = writeEntry(into, at, this.#table, row, times);
    return at;
  }

  #contentLength(row: number): number {
    const octets = this.#table.serialLength(row);
    const first = this.#table.rows[serialAt(row, octets)] ?? 0;
    const serial = SHORT_HEADER + signOctets(first) + octets;
    const extensions = entryExtensions(this.#table.reasonCode(row), this.#table.invalidityDate(row));
    return serial + timeLength(this.#table.revokedAt(row)) + extensions.length;
  }
}

function writeEntry(
  into: Buffer,
  start: number,
  table: RevocationTable,
  row: number,
  times: TimeWriter,
): number {
  const octets = table.serialLength(row);
  const invalidityDate = table.invalidityDate(row);
  let at = writeInteger(into, start + SHORT_HEADER, table.rows, serialAt(row, octets), octets);
  at = times.write(into, at, table.revokedAt(row));
  at = append(into, at, entryExtensions(table.reasonCode(row), invalidityDate));
  if (invalidityDate !== undefined) times.writeGeneralized(into, at - DATE_LENGTH, invalidityDate);
  into[start] = TAG.sequence;
  // Never above 127: 23 octets of serial, 17 of time, 40 of extensions.
  into[start + 1] = at - start - SHORT_HEADER;
  return at;
}

function entryExtensions(reasonCode: number, invalidityDate: number | undefined): Buffer {
  const templates = invalidityDate === undefined ? REASON_ALONE : REASON_AND_DATE;
  return templates[reasonCode] ?? NOTHING;
}

/** Where the octets of a row's serial number begin. */
function serialAt(row: number, octets: number): number {
  return row * ROW_STRIDE + MAX_NUMBER_BYTES - octets;
}

/** A set top bit would make the number negative. */
function signOctets(first: number): number {
  return first >= SIGN_BIT ? 1 : 0;
}

function writeInteger(into: Buffer, start: number, rows: Buffer, first: number, octets: number): number {
  const sign = signOctets(rows[first] ?? 0);
  into[start] = TAG.integer;
  into[start + 1] = sign + octets;
  into[start + SHORT_HEADER] = 0;
  const at = start + SHORT_HEADER + sign;
  for (let i = 0; i < octets; i += 1) into[at + i] = rows[first + i] ?? 0;
  return at + octets;
}

/** Byte by byte: for so few the call to a native copy costs more. */
function append(into: Buffer, start: number, part: Buffer): number {
  for (let i = 0; i < part.length; i += 1) into[start + i] = part[i] ?? 0;
  return start + part.length;
}

function reasonExtension(code: number): Buffer {
  return extension(OID.reasonCode, element(TAG.enumerated, Buffer.of(code)));
}

const CODES: readonly number[] = [
  ...(Object.keys(CRL_REASONS) as CrlReason[]).map((reason) => CRL_REASONS[reason]),
  REMOVE_FROM_CRL,
];

/** Entry extensions by reason code, made once: a million entries share them. Code 0 stands for no reason. */
const REASON_ALONE = byCode((reason) => (reason.length === 0 ? NOTHING : sequence(...reason)));

/** The same with an invalidity date at the very end, to be overwritten. */
const REASON_AND_DATE = byCode((reason) =>
  sequence(...reason, extension(OID.invalidityDate, generalizedTime(0))),
);

function byCode(encode: (reason: readonly Buffer[]) => Buffer): readonly (Buffer | undefined)[] {
  const templates: (Buffer | undefined)[] = [encode([])];
  for (const code of CODES) templates[code] = encode([reasonExtension(code)]);
  return templates;
}
