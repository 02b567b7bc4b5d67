import { WatermarkError } from '../errors/watermark-error';
import { settled } from './settled-characters';

/** How a text is read before it is cut into tokens; a scheme document lists the readings that its detector tries. */
export const TEXT_READINGS = ['exact', 'cleaned'] as const;
export type TextReading = (typeof TEXT_READINGS)[number];

/**
 * Characters without a glyph, which a text can be littered with unseen: soft hyphen, combining grapheme joiner, zero-width and
 * bidirectional controls, invisible operators, variation selectors, byte order marks and tags.
 */
const INVISIBLE =
  /[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u{e0000}-\u{e0fff}]/gu;
/**
 * Combining marks in a row that are read. Putting them in canonical order takes engines time that grows with the square: a
 * hostile text of one letter under millions of marks would take hours. Real ones have a few.
 */
const MAX_MARKS = 1024;
const MARKS = /\p{M}{1,1025}/gu;
const SPACES = /[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
const QUOTES: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‛': "'",
  '“': '"',
  '”': '"',
  '‟': '"',
};
const QUOTE = /[‘’‛“”‟]/g;

/**
 * Cyrillic and Greek letters that cannot be told from Latin ones (a part of Unicode's confusables): pairs of look-alike and
 * Latin letter.
 */
const LOOK_ALIKES = new Map(
  (
    'аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwАAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSԚQԜW' +
    'οoνvρpαaιiκkυuΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX'
  )
    .match(/../gu)
    ?.map((pair) => [pair[0], pair[1]] as const),
);
const OTHER_LETTER = /[\u0370-\u03ff\u0400-\u052f]/g;

/**
 * The text as a reading has it.
 *
 * - `exact`: characters that Unicode 15.0 does not settle become U+FFFD, then NFC, then CR LF and CR become LF.
 * - `cleaned`: after that invisible characters go, curly quotes become straight, every space becomes U+0020, spaces beside a line
 *   feed go, one line feed alone becomes a space (wrapping), runs of spaces become one, and where Latin letters are more than
 *   Greek and Cyrillic ones, their look-alikes become Latin; then NFC again.
 *
 * @throws WatermarkError MEDIA_UNSUPPORTED for more than MAX_MARKS combining marks in a row
 */
export function readText(text: string, reading: TextReading): string {
  const exact = composed(settled(text)).replace(/\r\n?/g, '\n');
  if (reading === 'exact') return exact;
  const cleaned = exact
    .replace(INVISIBLE, '')
    .replace(QUOTE, (quote) => QUOTES[quote] ?? quote)
    .replace(SPACES, ' ')
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/(?<!\n)\n(?!\n)/g, ' ');
  return composed(withoutLookAlikes(cleaned));
}

/** NFC. Runs of marks are measured each time: what breaks them in one reading is cleaned away in another. */
function composed(text: string): string {
  for (const [run] of text.matchAll(MARKS)) {
    if (run.length <= MAX_MARKS || Array.from(run).length <= MAX_MARKS) continue;
    throw new WatermarkError(
      'MEDIA_UNSUPPORTED',
      `The text has more than ${MAX_MARKS} combining marks in a row, which no language has. Remove them.`,
    );
  }
  return text.normalize('NFC');
}

/** Real Greek or Cyrillic words of a Latin text are garbled by it: the reading is a key to tokens, never shown to anybody. */
function withoutLookAlikes(text: string): string {
  const others = text.match(OTHER_LETTER)?.length ?? 0;
  if (others === 0 || (text.match(/[A-Za-z]/g)?.length ?? 0) <= others) return text;
  return text.replace(OTHER_LETTER, (letter) => LOOK_ALIKES.get(letter) ?? letter);
}
