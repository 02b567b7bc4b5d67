interface VerifierErrorEntry {
  readonly title: string;
  readonly action: string;
}

const entry = (title: string, action: string): VerifierErrorEntry => ({ title, action });

/** Why no verdict could be reached at all. What a verdict can say is a status instead. */
export const VERIFIER_ERROR_CODES = {
  SOURCE_MALFORMED: entry(
    'A source’s answer is not a document of the registry',
    'Report it, and verify against another operator or a bundle.',
  ),
  SOURCE_LIED: entry(
    'A source’s answer is not about what was asked for',
    'Report it, and verify against another operator or a bundle.',
  ),
  BUNDLE_MALFORMED: entry('The bundle is not one', 'Export it again.'),
  CONTENT_TOO_LARGE: entry('The content is larger than a verifier takes', 'Verify a part, or its record.'),
  NOTHING_TO_REPORT: entry(
    'The finding names no record, so nobody can vouch for it',
    'Sign findings about a record only.',
  ),
  URI_REFUSED: entry('The address is of a kind that is not fetched', 'Use https or ipfs.'),
  ADDRESS_REFUSED: entry(
    'The host is not on the public internet',
    'Publish the document under a public address.',
  ),
  REDIRECT_REFUSED: entry('The server redirects too often, or nowhere', 'Publish the document directly.'),
  ENCODING_REFUSED: entry('The server encodes what it sends', 'Serve the document as it is.'),
  FETCH_TOO_LARGE: entry('The answer is larger than accepted', 'Publish a smaller document.'),
  FETCH_TIMEOUT: entry('The server did not answer in time', 'Try again later, or give the document as file.'),
  FETCH_FAILED: entry('The document could not be fetched', 'Try again later, or give the document as file.'),
  CONTENT_ID_MISMATCH: entry(
    'What the IPFS gateway sent does not have the asked content id',
    'Use another IPFS gateway.',
  ),
  GENESIS_MALFORMED: entry(
    'The genesis hash is not one',
    'Give the SHA-256 of the genesis block’s header, as the operators publish it.',
  ),
  CONFIGURATIONS_REFUSED: entry(
    'The file with the channel’s configurations does not verify',
    'Give a whole receipt of the same ledger.',
  ),
  FILE_REFUSED: entry(
    'The file is not one that is read',
    'Give a regular file, in the permitted folder where there is one.',
  ),
} as const satisfies Readonly<Record<string, VerifierErrorEntry>>;

export type VerifierErrorCode = keyof typeof VERIFIER_ERROR_CODES;

/** A failure to verify, with a stable code; `message` says what was wrong. */
export class VerifierError extends Error {
  readonly code: VerifierErrorCode;
  readonly subject: string | undefined;

  constructor(code: VerifierErrorCode, message: string, extras: { subject?: string; cause?: unknown } = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'VerifierError';
    this.code = code;
    this.subject = extras.subject;
  }
}

/** Whether `error` is a VerifierError, also when it was made by another copy of this package. */
export function isVerifierError(error: unknown): error is VerifierError {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'VerifierError';
}
