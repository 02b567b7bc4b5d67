/** U+0000, a high surrogate without its low one, a low one without its high one. */
const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const REPLACEMENT = '\ufffd';

/**
 * Text as PostgreSQL can hold it: U+0000 and lone surrogates become U+FFFD, and what is longer than the bound is cut.
 * Anyone allowed to submit can put any characters into an invalid transaction; none of them may stop the mirror.
 */
export function safeText(text: string, maxCharacters: number): string {
  const bounded = text.length > maxCharacters ? text.slice(0, maxCharacters) : text;
  return bounded.replace(UNSTORABLE, REPLACEMENT);
}

/** The same for every string, keys included, inside a parsed JSON value. */
export function safeJson(value: unknown): unknown {
  if (typeof value === 'string') return safeText(value, value.length);
  if (Array.isArray(value)) return value.map(safeJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [safeText(key, key.length), safeJson(inner)]),
  );
}
