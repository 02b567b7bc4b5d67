import { CRL_REASONS, type EntryReason, reasonName, REMOVE_FROM_CRL } from './crl-reasons';
import { MAX_CRL_ENTRIES } from './limits';
import { PkiFormatError } from './pki-format-error';
import { normalizeSerial } from './serial';
import { ascendingOrder, firstDuplicate, SERIAL_STRIDE } from './serial-order';

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

/**
 * Revoked certificates in columns of packed numbers: a million take 50 MB, where as many objects with strings take four
 * times as much and longer to collect. Fill it row by row from a database cursor, then build a CRL from it.
 */
export class RevocationTable {
  #serials: Buffer;
  #dates: Float64Array;
  #invalidityDates: Float64Array;
  #reasons: Uint8Array;
  #count = 0;

  /** `expected`: number of entries if known; the table grows beyond it. */
  constructor(expected = FIRST_CAPACITY) {
    const capacity = Math.min(Math.max(expected, 1), MAX_CRL_ENTRIES);
    this.#serials = Buffer.alloc(capacity * SERIAL_STRIDE);
    this.#dates = new Float64Array(capacity);
    this.#invalidityDates = new Float64Array(capacity);
    this.#reasons = new Uint8Array(capacity);
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

  /** Left-padded serial numbers, SERIAL_STRIDE octets each. */
  get serials(): Buffer {
    return this.#serials;
  }

  /** Throws PkiFormatError for a serial or reason that no CRL may carry, and for more than MAX_CRL_ENTRIES entries. */
  add(entry: RevokedCertificate): void {
    const row = this.#count;
    if (row >= MAX_CRL_ENTRIES) throw new PkiFormatError('there are too many entries for one CRL');
    if (row === this.#dates.length) this.#grow();
    // Below zero would read as absent.
    if (entry.invalidityDate !== undefined && entry.invalidityDate < 0)
      throw new PkiFormatError('an invalidity date lies before 1970');
    writeSerial(this.#serials, row * SERIAL_STRIDE, entry.serial);
    this.#dates[row] = entry.revokedAt;
    this.#invalidityDates[row] = entry.invalidityDate ?? NO_DATE;
    this.#reasons[row] = entry.reason === undefined ? 0 : reasonCode(entry.reason);
    this.#count = row + 1;
  }

  revokedAt(row: number): number {
    return this.#dates[row] ?? 0;
  }

  invalidityDate(row: number): number | undefined {
    const date = this.#invalidityDates[row];
    return date === NO_DATE ? undefined : date;
  }

  /** Code of RFC 5280 §5.3.1, 0 where none is to be written. */
  reasonCode(row: number): number {
    return this.#reasons[row] ?? 0;
  }

  /** Rows by ascending serial number. Throws PkiFormatError where one occurs twice. */
  order(): Uint32Array {
    const view = new DataView(this.#serials.buffer, this.#serials.byteOffset, this.#count * SERIAL_STRIDE);
    const order = ascendingOrder(view, this.#count);
    if (firstDuplicate(view, order) !== undefined) throw new PkiFormatError('a serial number occurs twice');
    return order;
  }

  *[Symbol.iterator](): Generator<RevokedCertificate, void> {
    for (let row = 0; row < this.#count; row += 1) {
      const at = row * SERIAL_STRIDE;
      const invalidityDate = this.invalidityDate(row);
      yield {
        serial: normalizeSerial(this.#serials.toString('hex', at, at + SERIAL_STRIDE)),
        revokedAt: this.revokedAt(row),
        ...reasonOf(this.reasonCode(row)),
        ...(invalidityDate === undefined ? {} : { invalidityDate }),
      };
    }
  }

  #grow(): void {
    const capacity = Math.min(this.#dates.length * 2, MAX_CRL_ENTRIES);
    const serials = Buffer.alloc(capacity * SERIAL_STRIDE);
    this.#serials.copy(serials);
    this.#serials = serials;
    const dates = new Float64Array(capacity);
    dates.set(this.#dates);
    this.#dates = dates;
    const invalidityDates = new Float64Array(capacity);
    invalidityDates.set(this.#invalidityDates);
    this.#invalidityDates = invalidityDates;
    const reasons = new Uint8Array(capacity);
    reasons.set(this.#reasons);
    this.#reasons = reasons;
  }
}

/** Writes a serial left-padded. Nearly all are whole octets of hex already; the rest take the long way. */
function writeSerial(into: Buffer, at: number, serial: string): void {
  const octets = serial.length / 2;
  const start = at + SERIAL_STRIDE - octets;
  const fits = Number.isInteger(octets) && octets > 0 && octets <= SERIAL_STRIDE;
  if (fits && into.write(serial, start, 'hex') === octets && into[start] !== 0) return;
  const normal = normalizeSerial(serial);
  into.fill(0, at, at + SERIAL_STRIDE);
  into.write(normal, at + SERIAL_STRIDE - normal.length / 2, 'hex');
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
