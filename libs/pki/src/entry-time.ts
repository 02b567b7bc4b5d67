import { TAG } from './der-tags';
import { generalizedTime, time } from './der-writer';

const DAY_S = 86_400;
const HOUR_S = 3600;
const MINUTE_S = 60;
const TEN = 10;
const ZERO = 0x30;
/** 2050-01-01: from here on RFC 5280 §4.1.2.5 asks for GeneralizedTime. */
const FIRST_GENERALIZED = 2_524_608_000;
const UTC_LENGTH = 15;
const GENERALIZED_LENGTH = 17;
/** Characters of HHMMSSZ. */
const CLOCK_LENGTH = 7;
/** Days whose encoding is kept; more than ten years of revocations. */
const MAX_DAYS = 4096;

/** Bytes of the whole element that `TimeWriter.write` writes. */
export function timeLength(unixSeconds: number): number {
  return unixSeconds < FIRST_GENERALIZED ? UTC_LENGTH : GENERALIZED_LENGTH;
}

/** Writes times without a Date for each: a million entries fall on few days. */
export class TimeWriter {
  readonly #days = new Map<number, Buffer>();
  readonly #generalizedDays = new Map<number, Buffer>();

  /** UTCTime or GeneralizedTime as RFC 5280 has it; returns one past the last byte. Throws PkiFormatError. */
  write(into: Buffer, at: number, unixSeconds: number): number {
    return writeWith(this.#days, time, into, at, unixSeconds);
  }

  /** GeneralizedTime in every year, for invalidity dates. */
  writeGeneralized(into: Buffer, at: number, unixSeconds: number): number {
    return writeWith(this.#generalizedDays, generalizedTime, into, at, unixSeconds);
  }
}

function writeWith(
  days: Map<number, Buffer>,
  encode: (unixSeconds: number) => Buffer,
  into: Buffer,
  at: number,
  unixSeconds: number,
): number {
  const day = Math.floor(unixSeconds / DAY_S);
  // A negative or fractional time has no day of its own and is refused by the encoder.
  const known = Number.isInteger(unixSeconds) ? days.get(day) : undefined;
  const template = known ?? encode(unixSeconds);
  if (known === undefined) {
    if (days.size >= MAX_DAYS) days.clear();
    days.set(day, template);
  }
  for (let i = 0; i < template.length; i += 1) into[at + i] = template[i] ?? 0;
  const end = at + template.length;
  writeClock(into, end - CLOCK_LENGTH, unixSeconds - day * DAY_S);
  return end;
}

function writeClock(into: Buffer, at: number, secondOfDay: number): void {
  writeTwoDigits(into, at, Math.floor(secondOfDay / HOUR_S));
  writeTwoDigits(into, at + 2, Math.floor((secondOfDay % HOUR_S) / MINUTE_S));
  writeTwoDigits(into, at + 2 + 2, secondOfDay % MINUTE_S);
}

function writeTwoDigits(into: Buffer, at: number, value: number): void {
  const tens = Math.floor(value / TEN);
  into[at] = ZERO + tens;
  into[at + 1] = ZERO + value - tens * TEN;
}

/** Whether an element is a time. */
export function isTimeTag(tag: number | undefined): boolean {
  return tag === TAG.utcTime || tag === TAG.generalizedTime;
}
