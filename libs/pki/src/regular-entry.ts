import { CRL_REASONS, type CrlReason, REMOVE_FROM_CRL } from './crl-reasons';
import { TAG } from './der-tags';
import { element, extension, sequence } from './der-writer';
import { MAX_NUMBER_BYTES } from './limits';
import { OID } from './oid';

/** Identifier and length octets of a short element. */
const SHORT_HEADER = 2;
const LONG_LENGTH = 0x80;
const SIGN_BIT = 0x80;
const UTC_TIME_LENGTH = 13;
const LETTER_Z = 0x5a;
const ZERO = 0x30;
const TEN = 10;
/** "Unspecified" as a reason alone, without the code at its end. */
const REASON = sequence(extension(OID.reasonCode, element(TAG.enumerated, Buffer.of(0)))).subarray(0, -1);
const REASON_LENGTH = REASON.length + 1;
const ALLOWED_CODES = new Set<number>([
  ...(Object.keys(CRL_REASONS) as CrlReason[]).map((reason) => CRL_REASONS[reason]),
  REMOVE_FROM_CRL,
]);

/**
 * Where an entry of the one form in which nearly all are written ends: short lengths, UTCTime, no extension or a reason
 * alone. Checks everything the long way checks, on bytes, without an object: a list of a million is read in one pass. 0 for
 * an entry of any other form, which then goes the long way.
 */
export function regularEntryEnd(bytes: Uint8Array, at: number, end: number): number {
  const length = bytes[at + 1] ?? LONG_LENGTH;
  const entryEnd = at + SHORT_HEADER + length;
  if (bytes[at] !== TAG.sequence || length >= LONG_LENGTH || entryEnd > end) return 0;
  const time = serialEnd(bytes, at + SHORT_HEADER);
  if (time === 0) return 0;
  const extensions = time + SHORT_HEADER + UTC_TIME_LENGTH;
  if (extensions > entryEnd || !isUtcTime(bytes, time)) return 0;
  return extensions === entryEnd || isReasonAlone(bytes, extensions, entryEnd) ? entryEnd : 0;
}

/** One past a positive INTEGER in its shortest form, or 0. */
function serialEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== TAG.integer) return 0;
  const length = bytes[at + 1] ?? 0;
  const first = bytes[at + SHORT_HEADER] ?? SIGN_BIT;
  const second = bytes[at + SHORT_HEADER + 1] ?? 0;
  const padded = first === 0 ? 1 : 0;
  const shortest = padded === 1 ? second >= SIGN_BIT : first < SIGN_BIT;
  return shortest && length > padded && length <= MAX_NUMBER_BYTES + padded ? at + SHORT_HEADER + length : 0;
}

/** Where the INTEGER of an entry stands, whatever the form of the entry's own length. */
function serialElement(bytes: Uint8Array, entry: number): number {
  const length = bytes[entry + 1] ?? 0;
  return entry + SHORT_HEADER + (length < LONG_LENGTH ? 0 : length - LONG_LENGTH);
}

/** Where the octets of the serial number of a checked entry begin, without the zero that keeps it positive. */
export function serialStart(bytes: Uint8Array, entry: number): number {
  const start = serialElement(bytes, entry) + SHORT_HEADER;
  return bytes[start] === 0 ? start + 1 : start;
}

/** One past its last octet. */
export function serialLimit(bytes: Uint8Array, entry: number): number {
  const at = serialElement(bytes, entry);
  return at + SHORT_HEADER + (bytes[at + 1] ?? 0);
}

function isUtcTime(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== TAG.utcTime || bytes[at + 1] !== UTC_TIME_LENGTH) return false;
  const start = at + SHORT_HEADER;
  const year = twoDigits(bytes, start);
  const month = twoDigits(bytes, start + 2);
  const day = twoDigits(bytes, start + 4);
  return year >= 0 && isDayOf(year, month, day) && isClock(bytes, start + 6);
}

/** HHMMSSZ. */
function isClock(bytes: Uint8Array, at: number): boolean {
  return (
    isBelow(twoDigits(bytes, at), 24) &&
    isBelow(twoDigits(bytes, at + 2), 60) &&
    isBelow(twoDigits(bytes, at + 4), 60) &&
    bytes[at + 6] === LETTER_Z
  );
}

function isBelow(value: number, bound: number): boolean {
  return value >= 0 && value < bound;
}

const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const FEBRUARY = 2;

/** Two-digit years stand for 1950 to 2049, where every fourth is a leap year. */
function isDayOf(year: number, month: number, day: number): boolean {
  const leap = month === FEBRUARY && year % 4 === 0 ? 1 : 0;
  return day >= 1 && day <= (DAYS[month] ?? 0) + leap;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  return tens >= 0 && tens < TEN && ones >= 0 && ones < TEN ? tens * TEN + ones : -1;
}

function isReasonAlone(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at !== REASON_LENGTH) return false;
  for (let i = 0; i < REASON.length; i += 1) if (bytes[at + i] !== REASON[i]) return false;
  return ALLOWED_CODES.has(bytes[end - 1] ?? 0);
}
