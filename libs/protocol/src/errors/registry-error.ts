import { type ErrorCode } from './error-codes';

/** What an error says about itself beside its code and sentence. */
export interface ErrorExtras {
  /** What the error is about: an id, a JSON pointer, a ledger key. */
  readonly subject?: string;
  readonly cause?: unknown;
  /** Figures for a log; never needed to understand the error and never sent over the ledger. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * A refusal with a stable code. The message is a sentence for people that says what was wrong and what to do; programs
 * look at `code` only.
 */
export class RegistryError extends Error {
  readonly code: ErrorCode;
  readonly subject: string | undefined;
  readonly details: Readonly<Record<string, string | number | boolean>> | undefined;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'RegistryError';
    this.code = code;
    this.subject = extras.subject;
    this.details = extras.details;
  }
}

/** Whether `error` is a RegistryError, also when it was made by another copy of this package. */
export function isRegistryError(error: unknown): error is RegistryError {
  return error instanceof RegistryError || (error instanceof Error && error.name === 'RegistryError');
}
