import { type CrlEntry, readEntry } from './crl-entry';
import { type DerElement, DerReader } from './der-reader';
import { MAX_CRL_ENTRIES, MAX_NUMBER_BYTES } from './limits';
import { PkiFormatError } from './pki-format-error';
import { regularEntryEnd, serialLimit, serialStart } from './regular-entry';
import { normalizeSerial } from './serial';
import { ascendingOrder, ROW_STRIDE } from './serial-order';

const FIRST_CAPACITY = 1024;
/** No entry is shorter: a serial of one octet and a UTCTime. */
const SHORTEST_ENTRY = 20;

/**
 * The entries of a CRL, left in its bytes. One pass checks each of them and notes where it begins; a look-up is a binary
 * search that reads a single entry. Four octets an entry, whatever the list: a million are not a million objects.
 */
export class CrlEntries {
  readonly #bytes: Buffer;
  readonly #end: number;
  /** Where entries begin, in the order of the list. */
  #offsets: Uint32Array;
  #count = 0;
  /** The same by ascending serial number. */
  readonly #sorted: Uint32Array;
  readonly #unknown = new Set<string>();

  /** Throws PkiFormatError for an entry that is malformed, a serial number that occurs twice, too many entries, or none. */
  constructor(reader: DerReader, list: DerElement) {
    this.#bytes = reader.bytes;
    this.#end = list.end;
    const possible = Math.floor((list.end - list.start) / SHORTEST_ENTRY);
    this.#offsets = new Uint32Array(Math.min(possible, FIRST_CAPACITY));
    const ascending = this.#walk(list.start);
    if (this.#count === 0) throw new PkiFormatError('the list of entries is empty instead of absent');
    this.#offsets = this.#offsets.subarray(0, this.#count);
    this.#sorted = ascending ? this.#offsets : this.#sort();
  }

  get count(): number {
    return this.#count;
  }

  /** Identifiers (hex) of critical entry extensions that are not understood. */
  get unknownCriticalExtensions(): readonly string[] {
    return [...this.#unknown];
  }

  *[Symbol.iterator](): Generator<CrlEntry, void> {
    for (const offset of this.#offsets) yield this.#read(offset);
  }

  /** The entry of this serial number (hex), or undefined. */
  find(serial: string): CrlEntry | undefined {
    const wanted = Buffer.from(normalizeSerial(serial), 'hex');
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const offset = this.#sorted[middle] ?? 0;
      const difference = this.#compare(offset, wanted);
      if (difference === 0) return this.#read(offset);
      if (difference < 0) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  #walk(start: number): boolean {
    let ascending = true;
    let previous = -1;
    for (let at = start; at < this.#end;) {
      const next = regularEntryEnd(this.#bytes, at, this.#end) || this.#irregularEnd(at);
      this.#note(at);
      ascending &&= previous < 0 || this.#isBefore(previous, at);
      previous = at;
      at = next;
    }
    return ascending;
  }

  #irregularEnd(at: number): number {
    const reader = new DerReader(this.#bytes, at, this.#end);
    readEntry(reader, this.#unknown);
    return reader.position;
  }

  #note(at: number): void {
    if (this.#count >= MAX_CRL_ENTRIES) throw new PkiFormatError('the CRL has too many entries');
    if (this.#count === this.#offsets.length) {
      const grown = new Uint32Array(Math.min(this.#count * 2, MAX_CRL_ENTRIES));
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    this.#offsets[this.#count] = at;
    this.#count += 1;
  }

  #isBefore(a: number, b: number): boolean {
    const bytes = this.#bytes;
    const startA = serialStart(bytes, a);
    const startB = serialStart(bytes, b);
    const lengthA = serialLimit(bytes, a) - startA;
    const lengthB = serialLimit(bytes, b) - startB;
    if (lengthA !== lengthB) return lengthA < lengthB;
    for (let i = 0; i < lengthA; i += 1) {
      const difference = (bytes[startA + i] ?? 0) - (bytes[startB + i] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  /** Sign of the difference between the serial number of an entry and another, by value. */
  #compare(offset: number, wanted: Uint8Array): number {
    const bytes = this.#bytes;
    const start = serialStart(bytes, offset);
    const length = serialLimit(bytes, offset) - start;
    if (length !== wanted.length) return length - wanted.length;
    for (let i = 0; i < length; i += 1) {
      const difference = (bytes[start + i] ?? 0) - (wanted[i] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** Lists of other CAs are often in order of time. */
  #sort(): Uint32Array {
    const packed = Buffer.alloc(this.#count * ROW_STRIDE);
    this.#offsets.forEach((offset, row) => {
      const serial = this.#serial(offset);
      serial.copy(packed, row * ROW_STRIDE + MAX_NUMBER_BYTES - serial.length);
    });
    const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
    const order = ascendingOrder(view, this.#count);
    // The first of two could be a lifted hold that hides a revocation.
    if (order === undefined) throw new PkiFormatError('a serial number occurs twice');
    return order.map((row) => this.#offsets[row] ?? 0);
  }

  #serial(offset: number): Buffer {
    return this.#bytes.subarray(serialStart(this.#bytes, offset), serialLimit(this.#bytes, offset));
  }

  #read(offset: number): CrlEntry {
    return readEntry(new DerReader(this.#bytes, offset, this.#end), this.#unknown);
  }
}
