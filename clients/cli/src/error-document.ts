import { errorFields } from '@maker-registry/guard';
import { WATERMARK_ERROR_ACTIONS, WatermarkError } from '@maker-registry/watermark';
import { isVerifierError, VERIFIER_ERROR_CODES } from '@maker-registry/verifier';

/** An error as the command line shows it: code, sentence, subject, and what to do. */
export function errorDocument(error: unknown): ReturnType<typeof errorFields> {
  if (isVerifierError(error)) return documentOf(error, VERIFIER_ERROR_CODES[error.code].action);
  if (error instanceof WatermarkError) return documentOf(error, WATERMARK_ERROR_ACTIONS[error.code]);
  return errorFields(error);
}

function documentOf(
  {
    code,
    message,
    subject,
  }: { readonly code: string; readonly message: string; readonly subject: string | undefined },
  action: string,
): ReturnType<typeof errorFields> {
  return { code, message, ...(subject === undefined ? {} : { subject }), action };
}
