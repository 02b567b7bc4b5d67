/** What a client's own failure means and what to do. Failures the registry reports are RegistryErrors instead. */
interface ClientErrorEntry {
  readonly title: string;
  readonly action: string;
}

const entry = (title: string, action: string): ClientErrorEntry => ({ title, action });

/** Codes of failures that happen on the client's side. None of them is in the registry's own table. */
export const CLIENT_ERROR_CODES = {
  USAGE: entry('The command or call is not complete', 'See the help text.'),
  CONFIGURATION: entry('A setting is missing or wrong', 'Correct the setting named by subject.'),
  FILE_UNREADABLE: entry('A file cannot be read', 'Check the path and its permissions.'),
  FILE_EXISTS: entry(
    'A file is already there',
    'Name another file; keys and containers are never overwritten.',
  ),
  FILE_UNWRITABLE: entry('A file cannot be written', 'Check the path, its permissions and the free space.'),
  KEY_FILE_MALFORMED: entry('The key file does not parse', 'Use a key file made by this software.'),
  KEY_FILE_EXPOSED: entry(
    'Others can read the key file',
    'Run chmod 600 on it, and rotate the key if others had access.',
  ),
  GATEWAY_UNREACHABLE: entry(
    'The gateway does not answer',
    'Check the address, or try another operator’s gateway.',
  ),
  GATEWAY_TIMEOUT: entry(
    'The gateway did not answer in time',
    'Ask for the operation again; it may still commit.',
  ),
  GATEWAY_UNTRUSTED: entry(
    'The gateway’s certificate is not trusted',
    'Check the CA certificate you configured.',
  ),
  RESPONSE_MALFORMED: entry(
    'The gateway’s answer is not understood',
    'Report it, and try another operator’s gateway.',
  ),
  RESPONSE_TOO_LARGE: entry(
    'The gateway’s answer is too large',
    'Ask for less, or try another operator’s gateway.',
  ),
  GATEWAY_LIED: entry(
    'The gateway’s message is not about what was asked for',
    'Report the operator and use another one; look there whether your act is on the ledger.',
  ),
  OFFER_MISMATCH: entry(
    'The offer is not what you meant to accept',
    'Nothing was signed. Ask the seller for another offer.',
  ),
  OPERATION_UNFINISHED: entry('The operation has not ended yet', 'Ask for it again by its id.'),
  OPERATION_FAILED: entry('The operation failed at the gateway', 'Read its problem and try again.'),
  RESULT_UNKNOWN: entry(
    'The intent was committed by another submission',
    'Read the transaction named by subject.',
  ),
  TPM_UNAVAILABLE: entry('The TPM does not answer', 'Check TPM2TOOLS_TCTI and that the TPM is not in use.'),
  TPM_FAILED: entry('The TPM refused a command', 'Read the message of the TPM.'),
  TPM_TOOLS_MISSING: entry('tpm2-tools are not installed', 'Install the package tpm2-tools.'),
  DEVICE_NOT_ENROLLED: entry('This machine is not enrolled', 'Run guard enroll first.'),
  STATE_MALFORMED: entry(
    'A state file does not parse',
    'Enrol again in a new state directory; do not delete lists seen.',
  ),
  KEYS_NOT_PINNED: entry(
    'No operators’ keys are pinned',
    'Run guard pin or guard enroll with --fingerprint.',
  ),
  FINGERPRINT_MISMATCH: entry(
    'The operators’ keys are not the ones you confirmed',
    'Compare with the fingerprint that the operators publish; do not go on.',
  ),
  LOCKED: entry('Another process is at work on the same thing', 'Wait until it ends, then try again.'),
  MEMORY_FILE: entry('No memory file system is at hand', 'Mount /dev/shm with room for the plaintext.'),
} as const satisfies Readonly<Record<string, ClientErrorEntry>>;

export type ClientErrorCode = keyof typeof CLIENT_ERROR_CODES;

/** A failure on the client's side with a stable code; `message` says what was wrong and what to do. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly subject: string | undefined;

  constructor(code: ClientErrorCode, message: string, extras: { subject?: string; cause?: unknown } = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'ClientError';
    this.code = code;
    this.subject = extras.subject;
  }
}

/** Whether `error` is a ClientError, also when it was made by another copy of this package. */
export function isClientError(error: unknown): error is ClientError {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'ClientError';
}
