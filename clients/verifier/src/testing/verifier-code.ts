import { isClientError } from '@maker-registry/sdk';
import { isVerifierError } from '../verifier-error';

/** The code of the VerifierError or ClientError that an act ends with; `none` when it does not fail. */
export async function codeOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (error) {
    if (isVerifierError(error) || isClientError(error)) return error.code;
    throw error;
  }
  return 'none';
}
