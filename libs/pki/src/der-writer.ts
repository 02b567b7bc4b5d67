import { TAG } from './der-tags';
import { PkiFormatError } from './pki-format-error';

const LONG_LENGTH = 0x80;
const BYTE_BITS = 8;
const BYTE = 256;
const FIRST_YEAR_OF_GENERALIZED_TIME = 2050;

/** DER length octets. */
function lengthBytes(length: number): number[] {
  if (length < LONG_LENGTH) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / BYTE)) bytes.unshift(rest % BYTE);
  return [LONG_LENGTH | bytes.length, ...bytes];
}

/** One element of any tag around content that is already encoded. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(tag, ...lengthBytes(length)), ...content]);
}

/** Header of an element whose content follows elsewhere. */
export function header(tag: number, length: number): Buffer {
  return Buffer.of(tag, ...lengthBytes(length));
}

export function sequence(...content: readonly Uint8Array[]): Buffer {
  return element(TAG.sequence, ...content);
}

export function oid(hex: string): Buffer {
  return element(TAG.oid, Buffer.from(hex, 'hex'));
}

/** INTEGER of a non-negative number, minimal. */
export function integer(value: bigint): Buffer {
  if (value < 0n) throw new PkiFormatError('a number is negative');
  return element(TAG.integer, magnitude(value.toString(BYTE_BITS * 2)));
}

/** Two's complement content of a non-negative integer given in hex: no superfluous zero, no sign bit. */
export function magnitude(hex: string): Buffer {
  const stripped = hex.replace(/^0+(?=.)/, '');
  const bytes = Buffer.from(stripped.length % 2 === 0 ? stripped : `0${stripped}`, 'hex');
  return (bytes[0] ?? 0) >= LONG_LENGTH ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

/** Time of RFC 5280 §4.1.2.5: UTCTime until 2049, GeneralizedTime after, whole seconds. */
export function time(unixSeconds: number): Buffer {
  const text = timeText(unixSeconds);
  const generalized = Number(text.slice(0, 4)) >= FIRST_YEAR_OF_GENERALIZED_TIME;
  return generalized
    ? element(TAG.generalizedTime, Buffer.from(text, 'latin1'))
    : element(TAG.utcTime, Buffer.from(text.slice(2), 'latin1'));
}

/** GeneralizedTime for places where RFC 5280 allows nothing else (invalidityDate). */
export function generalizedTime(unixSeconds: number): Buffer {
  return element(TAG.generalizedTime, Buffer.from(timeText(unixSeconds), 'latin1'));
}

/** 9999-12-31T23:59:59Z: GeneralizedTime has four digits for the year. */
export const LAST_SECOND = 253_402_300_799;
const MS = 1000;

function timeText(unixSeconds: number): string {
  if (!Number.isInteger(unixSeconds) || unixSeconds < 0 || unixSeconds > LAST_SECOND) {
    throw new PkiFormatError('a time is not in whole Unix seconds between 1970 and 9999');
  }
  return `${new Date(unixSeconds * MS).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}

/** Extension of RFC 5280: identifier, criticality where true, value. */
export function extension(identifier: string, value: Uint8Array, critical = false): Buffer {
  const flag = critical ? [element(TAG.boolean, Buffer.of(0xff))] : [];
  return sequence(oid(identifier), ...flag, element(TAG.octetString, value));
}

/** Collects many small elements without an object for each: a CRL of a million entries is one growing buffer. */
export class ByteSink {
  private bytes = Buffer.allocUnsafe(64 * 1024);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** Makes room for `count` more bytes and returns the buffer and where they begin; the caller fills them all. */
  reserve(count: number): { readonly bytes: Buffer; readonly offset: number } {
    const needed = this.used + count;
    if (needed > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
      this.bytes.copy(grown, 0, 0, this.used);
      this.bytes = grown;
    }
    const offset = this.used;
    this.used = needed;
    return { bytes: this.bytes, offset };
  }

  view(): Buffer {
    return this.bytes.subarray(0, this.used);
  }
}
