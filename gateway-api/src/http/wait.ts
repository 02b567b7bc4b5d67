import { MAX_WAIT_S } from '../limits';

/**
 * Seconds of `Prefer: wait=N` (RFC 7240), at most MAX_WAIT_S; undefined without the preference. A preference that
 * does not parse is ignored, as the RFC demands.
 */
export function preferredWait(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  for (const preference of header.split(',')) {
    const match = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;|$)/i.exec(preference);
    if (match !== null) return Math.min(Number(match[1]), MAX_WAIT_S);
  }
  return undefined;
}
