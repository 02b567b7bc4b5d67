import { refuse } from './refuse';

/** The characters every bank of SEPA takes (EPC217-08): Latin letters, digits, space and eleven marks. */
const REFUSED = /[^a-zA-Z0-9/\-?:().,'+ ]/u;
const HEX_RADIX = 16;
const CODE_POINT_DIGITS = 4;

/**
 * Asserts that a text survives the way through banks unchanged. Nothing is transliterated silently: the payer's and the
 * payee's bank compare the name with the account's, and only the account holder knows how the bank writes it. Throws
 * SCHEMA_VIOLATION that names the character but not the text, which may be a person's name.
 */
export function assertSepaText(text: string, subject: string, maxLength: number): void {
  const problem = problemOf(text, maxLength);
  if (problem !== undefined) refuse(problem, subject);
}

/** As assertSepaText, for identifiers: slashes neither first, last nor doubled (EPC132-08). */
export function assertSepaId(text: string, subject: string, maxLength: number): void {
  assertSepaText(text, subject, maxLength);
  if (text.startsWith('/') || text.endsWith('/') || text.includes('//')) {
    refuse('An identifier neither begins nor ends with a slash, and has no two slashes in a row.', subject);
  }
}

function problemOf(text: string, maxLength: number): string | undefined {
  if (text.length === 0 || text.length > maxLength) return `The text must have 1 to ${maxLength} characters.`;
  if (text !== text.trim()) return 'The text begins or ends with a space.';
  const match = REFUSED.exec(text);
  if (match === null) return undefined;
  return (
    `Character ${match.index + 1} (${codePoint(match[0])}) is not one that banks take: a–z, A–Z, 0–9, space and ` +
    "/ - ? : ( ) . , ' +. Write the text as the bank has it, for example ue or u for ü."
  );
}

function codePoint(char: string): string {
  const value = char.codePointAt(0) ?? 0;
  return `U+${value.toString(HEX_RADIX).toUpperCase().padStart(CODE_POINT_DIGITS, '0')}`;
}
