/** What each code means. Whoever shows an error adds its sentence. */
export const WATERMARK_ERROR_CODES = {
  SCHEME_UNKNOWN_DETECTOR: 'No embedder or detector of this name and version is installed',
  SCHEME_NO_EMBEDDER: 'Marks of this scheme are made elsewhere, and only found here',
  SCHEME_NO_EVIDENCE: 'The scheme is a template or a metadata layer: what it finds proves nothing',
  PARAMS_OUT_OF_RANGE: 'A parameter of the scheme document is missing, unknown or out of range',
  KEY_MALFORMED: 'The key is too short, too long or not a key',
  KEY_COMMITMENT_MISMATCH: 'The key is not the one that the scheme document commits to',
  PAYLOAD_MALFORMED: 'The payload has not the number of bits that the scheme carries',
  MEDIA_UNREADABLE: 'The content is truncated, corrupt or of another kind than it says',
  MEDIA_UNSUPPORTED: 'The scheme cannot work on this kind of content',
  MEDIA_TOO_LARGE: 'The content has more pixels, samples, tokens or bytes than are read',
  MEDIA_TOO_SMALL: 'The content is too small or too short to carry the payload',
  TOOL_MISSING: 'A program that reads or writes this kind of content is not installed',
  ABORTED: 'The work was stopped by the caller',
} as const;

export type WatermarkErrorCode = keyof typeof WATERMARK_ERROR_CODES;

/** A refusal with a stable code; the message says what was wrong and what to do. */
export class WatermarkError extends Error {
  readonly code: WatermarkErrorCode;
  /** What the error is about: a JSON pointer of the document, a format, a file. */
  readonly subject: string | undefined;

  constructor(
    code: WatermarkErrorCode,
    message: string,
    extras: { readonly subject?: string; readonly cause?: unknown } = {},
  ) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'WatermarkError';
    this.code = code;
    this.subject = extras.subject;
  }
}
