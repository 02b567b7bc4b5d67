import { errorFields } from '@maker-registry/guard';
import { isVerifierError, VERIFIER_ERROR_CODES } from '@maker-registry/verifier';

/** An error as the command line shows it: code, sentence, subject, and what to do. */
export function errorDocument(error: unknown): ReturnType<typeof errorFields> {
  if (!isVerifierError(error)) return errorFields(error);
  const { code, message, subject } = error;
  const { action } = VERIFIER_ERROR_CODES[code];
  return { code, message, ...(subject === undefined ? {} : { subject }), action };
}
