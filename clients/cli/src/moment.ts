import { ClientError } from '@maker-registry/sdk';

const UNIX_SECONDS = /^\d{1,12}$/;
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;
/** 9999-12-31T23:59:59Z: no certificate and no list speaks of later times. */
const LAST_SECOND = 253_402_300_799;
const MS = 1000;

/** Unix seconds of a moment given as such or as RFC 3339 with its offset. Throws USAGE. */
export function parseMoment(text: string, name: string): number {
  const seconds = UNIX_SECONDS.test(text) ? Number(text) : rfc3339(text);
  if (Number.isNaN(seconds) || seconds < 0 || seconds > LAST_SECOND) {
    throw new ClientError(
      'USAGE',
      `--${name} is a time in Unix seconds, or of the form 2026-11-26T05:00:00Z; "${text}" is not.`,
      { subject: name },
    );
  }
  return seconds;
}

/** NaN for text of another form, and for 31 February, which Date.parse takes for 3 March. */
function rfc3339(text: string): number {
  const [, year, month, day] = RFC_3339.exec(text) ?? [];
  if (year === undefined) return Number.NaN;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return exists ? Math.floor(Date.parse(text.toUpperCase()) / MS) : Number.NaN;
}
