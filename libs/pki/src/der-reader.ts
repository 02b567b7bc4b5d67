import { TAG } from './der-tags';
import { MAX_NUMBER_BYTES } from './limits';
import { PkiFormatError } from './pki-format-error';

const LONG_LENGTH = 0x80;
const MAX_LENGTH_BYTES = 4;
const HIGH_TAG = 0x1f;
const SIGN_BIT = 0x80;
const BYTE = 256;

/** Where an element stands in the bytes. */
export interface DerElement {
  readonly tag: number;
  /** First byte of the identifier. */
  readonly from: number;
  /** First byte of the content. */
  readonly start: number;
  /** One past the last byte of the content. */
  readonly end: number;
}

/**
 * Walks strict DER without building a tree: one element at a time, within bounds that were checked before. Refuses
 * indefinite and non-minimal lengths (BER), high tags, and content beyond its parent. Memory and depth are the caller's.
 */
export class DerReader {
  readonly bytes: Buffer;
  private offset: number;
  private readonly end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.offset = start;
    this.end = end;
  }

  /** Where the next element begins. */
  get position(): number {
    return this.offset;
  }

  get done(): boolean {
    return this.offset === this.end;
  }

  /** Tag of the next element, or undefined at the end. */
  peek(): number | undefined {
    return this.done ? undefined : this.bytes[this.offset];
  }

  next(what: string): DerElement {
    const from = this.offset;
    const tag = this.byte(what);
    if ((tag & HIGH_TAG) === HIGH_TAG) throw new PkiFormatError(`${what} has a tag that X.509 does not use`);
    const length = this.length(what);
    if (length > this.end - this.offset) throw new PkiFormatError(`${what} is cut short`);
    const start = this.offset;
    this.offset += length;
    return { tag, from, start, end: this.offset };
  }

  expect(tag: number, what: string): DerElement {
    const found = this.next(what);
    if (found.tag !== tag) throw new PkiFormatError(`${what} has another type`);
    return found;
  }

  optional(tag: number, what: string): DerElement | undefined {
    return this.peek() === tag ? this.next(what) : undefined;
  }

  inside(parent: DerElement): DerReader {
    return new DerReader(this.bytes, parent.start, parent.end);
  }

  content(of: DerElement): Buffer {
    return this.bytes.subarray(of.start, of.end);
  }

  whole(of: DerElement): Buffer {
    return this.bytes.subarray(of.from, of.end);
  }

  finish(what: string): void {
    if (!this.done) throw new PkiFormatError(`bytes follow ${what}`);
  }

  /** Content of a positive or zero INTEGER of at most 20 octets, in hex without leading zeros. */
  unsigned(what: string): string {
    const content = this.content(this.expect(TAG.integer, what));
    const [first, second] = content;
    if (first === undefined || first >= SIGN_BIT)
      throw new PkiFormatError(`${what} is not a positive number`);
    if (first === 0 && second !== undefined && second < SIGN_BIT) {
      throw new PkiFormatError(`${what} is not in its shortest form`);
    }
    const octets = first === 0 && second !== undefined ? content.subarray(1) : content;
    if (octets.length > MAX_NUMBER_BYTES) throw new PkiFormatError(`${what} has more than 20 octets`);
    return octets.toString('hex');
  }

  /** UTCTime or GeneralizedTime → Unix seconds. */
  time(what: string): number {
    const found = this.next(what);
    return parseTime(found.tag, this.content(found).toString('latin1'), what);
  }

  private byte(what: string): number {
    const value = this.offset < this.end ? this.bytes[this.offset] : undefined;
    if (value === undefined) throw new PkiFormatError(`${what} is missing`);
    this.offset += 1;
    return value;
  }

  private length(what: string): number {
    const first = this.byte(what);
    if (first < LONG_LENGTH) return first;
    const count = first & ~LONG_LENGTH;
    if (count === 0 || count > MAX_LENGTH_BYTES) {
      throw new PkiFormatError(`${what} has an indefinite or oversized length`);
    }
    let length = 0;
    for (let i = 0; i < count; i += 1) length = length * BYTE + this.byte(what);
    if (length < LONG_LENGTH || length < BYTE ** (count - 1)) {
      throw new PkiFormatError(`${what} has a length that is not in its shortest form`);
    }
    return length;
  }
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const UTC_PIVOT = 50;
const MS = 1000;
/** Characters of an ISO 8601 time up to the seconds. */
const TIME_CHARACTERS = 19;

function parseTime(tag: number, text: string, what: string): number {
  const fields = timeFields(tag, text);
  if (fields === undefined) throw new PkiFormatError(`${what} is not a time of RFC 5280`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  const moment = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC carries 31 February over into March; such a time was never issued.
  const written = fields.map((field) => String(field).padStart(2, '0')).join('');
  const normal = new Date(moment).toISOString().slice(0, TIME_CHARACTERS).replace(/[-:T]/g, '');
  if (written.padStart(normal.length, '0') !== normal)
    throw new PkiFormatError(`${what} is no moment of the calendar`);
  return moment / MS;
}

/** Year, month, day, hour, minute and second. */
function timeFields(tag: number, text: string): number[] | undefined {
  if (tag === TAG.generalizedTime) return GENERALIZED_TIME.exec(text)?.slice(1).map(Number);
  if (tag !== TAG.utcTime) return undefined;
  const fields = UTC_TIME.exec(text)?.slice(1).map(Number);
  const year = fields?.shift() ?? 0;
  return fields === undefined ? undefined : [year + (year < UTC_PIVOT ? 2000 : 1900), ...fields];
}
