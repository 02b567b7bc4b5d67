import { MAX_UNIX_TIME } from '@maker-registry/protocol';
import { refuse } from './refuse';

const MS_PER_S = 1_000;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const DATE_LENGTH = 'YYYY-MM-DD'.length;
const SECONDS_LENGTH = 'YYYY-MM-DDTHH:MM:SS'.length;

/** Unix seconds as an ISODateTime in UTC. Throws SCHEMA_VIOLATION about `subject`. */
export function isoDateTime(unixSeconds: number, subject: string): string {
  if (!Number.isInteger(unixSeconds) || unixSeconds < 0 || unixSeconds > MAX_UNIX_TIME) {
    refuse('Give the time in whole Unix seconds.', subject);
  }
  return `${new Date(unixSeconds * MS_PER_S).toISOString().slice(0, SECONDS_LENGTH)}Z`;
}

/** Asserts a day of the calendar in the form YYYY-MM-DD. Throws SCHEMA_VIOLATION about `subject`. */
export function assertDate(text: string, subject: string): void {
  const time = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Engines may roll 30 February over to March, so the day has to come back as it went in.
  if (!Number.isNaN(time) && new Date(time).toISOString().slice(0, DATE_LENGTH) === text) return;
  refuse('Give a day of the calendar as YYYY-MM-DD.', subject);
}
