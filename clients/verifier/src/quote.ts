import { MAX_QUOTE_LENGTH } from './limits';

/** Control and format characters: they could hide or reorder words in a terminal or a page. */
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]/gu;

/** What another party's error says, fit to be shown: one bounded sentence, nothing invisible. */
export function quote(error: unknown): string {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  const text = showable(typeof message === 'string' ? message : String(error), MAX_QUOTE_LENGTH);
  return /[.…!?]$/.test(text) ? text : `${text}.`;
}

/** Text without what cannot be seen, and no longer than `length` characters. */
export function showable(text: string, length: number): string {
  const clean = text.replaceAll(UNSHOWABLE, '\uFFFD');
  return clean.length <= length ? clean : `${clean.slice(0, length - 1)}…`;
}
