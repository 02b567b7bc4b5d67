import { CRL_REASONS, type EntryReason, reasonName, REMOVE_FROM_CRL } from './crl-reasons';
import { LAST_SECOND } from './der-writer';
import { MAX_CRL_ENTRIES, MAX_NUMBER_BYTES } from './limits';
import { PkiFormatError } from './pki-format-error';
import { normalizeSerial } from './serial';
import { ascendingOrder, bucketPlaces, isAscending, ROW_STRIDE } from './serial-order';

/** One revoked certificate. */
export interface RevokedCertificate {
  /** Serial number in hex; leading zeros do not matter. */
  readonly serial: string;
  /** Unix seconds, not after thisUpdate. */
  readonly revokedAt: number;
  /** `removeFromCRL` only in a delta; absent for "unspecified". */
  readonly reason?: EntryReason;
  /** Unix seconds from which the key is believed compromised; may precede `revokedAt`. */
  readonly invalidityDate?: number;
}

const FIRST_CAPACITY = 256;
const NO_DATE = -1;
/** Rows that no longer fit into the processor's cache. */
const MANY_ROWS = 20_000;
/** Where the parts of a row stand after the serial number: octets of it, reason code, date in 48 bits. */
const LENGTH_AT = MAX_NUMBER_BYTES;
const REASON_AT = LENGTH_AT + 1;
const DATE_HIGH_AT = REASON_AT + 1;
const DATE_LOW_AT = DATE_HIGH_AT + 2;
const WORD_RANGE = 2 ** 32;

/**
 * Revoked certificates as packed rows: a million take 32 MB, where as many objects with strings take four times as much
 * and longer to collect. A row is half a cache line: in order of serial numbers rows are visited all over the memory. Fill
 * it row by row from a database cursor, then build a CRL from it.
 */
export class RevocationTable {
  #rows: Buffer;
  #view: DataView;
  /** Only where an entry has one. */
  #invalidityDates: Float64Array | undefined;
  #capacity: number;
  #count = 0;

  /** `expected`: number of entries if known; the table grows beyond it. */
  constructor(expected = FIRST_CAPACITY) {
    this.#capacity = Math.min(Math.max(expected, 1), MAX_CRL_ENTRIES);
    this.#rows = Buffer.alloc(this.#capacity * ROW_STRIDE);
    this.#view = viewOf(this.#rows);
  }

  static of(entries: Iterable<RevokedCertificate>): RevocationTable {
    if (entries instanceof RevocationTable) return entries;
    const table = new RevocationTable(Array.isArray(entries) ? entries.length : FIRST_CAPACITY);
    for (const entry of entries) table.add(entry);
    return table;
  }

  get length(): number {
    return this.#count;
  }

  /** Rows of ROW_STRIDE octets, each beginning with a left-padded serial number. */
  get rows(): Buffer {
    return this.#rows;
  }

  /** Throws PkiFormatError for what no CRL may carry, and for more than MAX_CRL_ENTRIES entries. */
  add(entry: RevokedCertificate): void {
    const row = this.#count;
    if (row >= MAX_CRL_ENTRIES) throw new PkiFormatError('there are too many entries for one CRL');
    if (row === this.#capacity) this.#grow();
    assertTime(entry.revokedAt);
    const at = row * ROW_STRIDE;
    this.#rows[at + LENGTH_AT] = writeSerial(this.#rows, at, entry.serial);
    this.#rows[at + REASON_AT] = entry.reason === undefined ? 0 : reasonCode(entry.reason);
    this.#view.setUint16(at + DATE_HIGH_AT, Math.floor(entry.revokedAt / WORD_RANGE));
    this.#view.setUint32(at + DATE_LOW_AT, entry.revokedAt % WORD_RANGE);
    if (entry.invalidityDate !== undefined) this.#setInvalidityDate(row, entry.invalidityDate);
    this.#count = row + 1;
  }

  /** Octets of the serial number, at the end of its place. */
  serialLength(row: number): number {
    return this.#rows[row * ROW_STRIDE + LENGTH_AT] ?? 0;
  }

  revokedAt(row: number): number {
    const at = row * ROW_STRIDE;
    return this.#view.getUint16(at + DATE_HIGH_AT) * WORD_RANGE + this.#view.getUint32(at + DATE_LOW_AT);
  }

  invalidityDate(row: number): number | undefined {
    const date = this.#invalidityDates?.[row];
    return date === NO_DATE ? undefined : date;
  }

  /** Code of RFC 5280 §5.3.1, 0 where none is to be written. */
  reasonCode(row: number): number {
    return this.#rows[row * ROW_STRIDE + REASON_AT] ?? 0;
  }

  /** Rows by ascending serial number; many rows may have been moved for it. Throws PkiFormatError where one occurs twice. */
  order(): Uint32Array {
    if (this.#count >= MANY_ROWS && !isAscending(this.#view, this.#count)) this.#bucket();
    const order = ascendingOrder(this.#view, this.#count);
    if (order === undefined) throw new PkiFormatError('a serial number occurs twice');
    return order;
  }

  *[Symbol.iterator](): Generator<RevokedCertificate, void> {
    for (let row = 0; row < this.#count; row += 1) {
      const at = row * ROW_STRIDE;
      const invalidityDate = this.invalidityDate(row);
      yield {
        serial: normalizeSerial(this.#rows.toString('hex', at, at + MAX_NUMBER_BYTES)),
        revokedAt: this.revokedAt(row),
        ...reasonOf(this.reasonCode(row)),
        ...(invalidityDate === undefined ? {} : { invalidityDate }),
      };
    }
  }

  /** Puts rows with the same leading bits together. */
  #bucket(): void {
    const places = bucketPlaces(this.#view, this.#count);
    const rows = Buffer.alloc(this.#capacity * ROW_STRIDE);
    moveRows(this.#rows, rows, places);
    this.#rows = rows;
    this.#view = viewOf(rows);
    if (this.#invalidityDates === undefined) return;
    const dates = new Float64Array(this.#capacity).fill(NO_DATE);
    for (let row = 0; row < this.#count; row += 1)
      dates[places[row] ?? 0] = this.#invalidityDates[row] ?? NO_DATE;
    this.#invalidityDates = dates;
  }

  #setInvalidityDate(row: number, date: number): void {
    assertTime(date);
    this.#invalidityDates ??= new Float64Array(this.#capacity).fill(NO_DATE);
    this.#invalidityDates[row] = date;
  }

  #grow(): void {
    this.#capacity = Math.min(this.#capacity * 2, MAX_CRL_ENTRIES);
    const rows = Buffer.alloc(this.#capacity * ROW_STRIDE);
    this.#rows.copy(rows);
    this.#rows = rows;
    this.#view = viewOf(rows);
    if (this.#invalidityDates === undefined) return;
    const dates = new Float64Array(this.#capacity).fill(NO_DATE);
    dates.set(this.#invalidityDates);
    this.#invalidityDates = dates;
  }
}

const WORDS_OF_ROW = ROW_STRIDE / Uint32Array.BYTES_PER_ELEMENT;

function moveRows(from: Buffer, to: Buffer, places: Uint32Array): void {
  const source = new Uint32Array(from.buffer, from.byteOffset, from.length / Uint32Array.BYTES_PER_ELEMENT);
  const target = new Uint32Array(to.buffer, to.byteOffset, to.length / Uint32Array.BYTES_PER_ELEMENT);
  for (let row = 0; row < places.length; row += 1) {
    const at = row * WORDS_OF_ROW;
    const place = (places[row] ?? 0) * WORDS_OF_ROW;
    for (let word = 0; word < WORDS_OF_ROW; word += 1) target[place + word] = source[at + word] ?? 0;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function assertTime(unixSeconds: number): void {
  if (!Number.isInteger(unixSeconds) || unixSeconds < 0 || unixSeconds > LAST_SECOND)
    throw new PkiFormatError('a time is not in whole Unix seconds between 1970 and 9999');
}

/** Writes a serial left-padded and gives its octets. Nearly all are whole octets of hex; the rest take the long way. */
function writeSerial(into: Buffer, at: number, serial: string): number {
  const octets = serial.length / 2;
  const start = at + MAX_NUMBER_BYTES - octets;
  const fits = Number.isInteger(octets) && octets > 0 && octets <= MAX_NUMBER_BYTES;
  if (fits && into.write(serial, start, 'hex') === octets && into[start] !== 0) return octets;
  const normal = normalizeSerial(serial);
  into.fill(0, at, at + MAX_NUMBER_BYTES);
  into.write(normal, at + MAX_NUMBER_BYTES - normal.length / 2, 'hex');
  return normal.length / 2;
}

const CODES: ReadonlyMap<string, number> = new Map([
  ...Object.entries<number>(CRL_REASONS),
  ['removeFromCRL', REMOVE_FROM_CRL],
]);

function reasonCode(reason: EntryReason): number {
  const code = CODES.get(reason);
  // What comes from a database or a file is not bound by the type.
  if (code === undefined) throw new PkiFormatError('a reason is not one that a CRL may carry');
  return code;
}

function reasonOf(code: number): Pick<RevokedCertificate, 'reason'> {
  const reason = code === REMOVE_FROM_CRL ? 'removeFromCRL' : reasonName(code);
  return reason === undefined ? {} : { reason };
}
