/** Matches what XML 1.0 cannot carry, even escaped (§2.2): control characters, halves of surrogate pairs, U+FFFE, U+FFFF. */
export const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
