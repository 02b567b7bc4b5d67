import { type WatermarkErrorCode } from './watermark-error';

/** What a person can do about each error; a message tells of the case, this of the kind. */
export const WATERMARK_ERROR_ACTIONS: Readonly<Record<WatermarkErrorCode, string>> = {
  SCHEME_UNKNOWN_DETECTOR: 'Update this software, or use a scheme that registry watermark schemes lists.',
  SCHEME_NO_EMBEDDER:
    'Make the mark with the program that the specification of the scheme names; for text-synthid see: registry watermark synthid --help',
  SCHEME_NO_EVIDENCE:
    'Use a robust scheme whose document commits to your key: registry watermark scheme writes one.',
  PARAMS_OUT_OF_RANGE: 'Correct the member that subject names; begin with a ready-made document.',
  KEY_MALFORMED: 'Make a key with: registry watermark key --out FILE',
  KEY_COMMITMENT_MISMATCH: 'Use the key that the scheme document was made with.',
  PAYLOAD_MALFORMED: 'Give as many bits in hex as the scheme carries, or a whole nonce with --nonce.',
  MEDIA_UNREADABLE:
    'Check that the file opens in another program, and that its name ends as its format says.',
  MEDIA_UNSUPPORTED: 'Convert the content to a format that the scheme document names.',
  MEDIA_TOO_LARGE: 'Cut the content into parts, or make it smaller.',
  MEDIA_TOO_SMALL: 'Use larger or longer content, or a scheme with fewer payload bits.',
  TOOL_MISSING: 'Install the program that the message names.',
  ABORTED: 'Run it again when you have the time; nothing was left behind.',
};
