import { type ErrorCode } from '../errors/error-codes';
import { isRegistryError } from '../errors/registry-error';

/** The code (and subject, if asked) of the RegistryError that an act throws; `none` when it throws nothing. */
export function codeOf(act: () => unknown): ErrorCode | 'none' {
  try {
    act();
  } catch (error) {
    if (isRegistryError(error)) return error.code;
    throw error;
  }
  return 'none';
}

/** As codeOf, for acts that return a promise. */
export async function codeOfAsync(act: () => Promise<unknown>): Promise<ErrorCode | 'none'> {
  try {
    await act();
  } catch (error) {
    if (isRegistryError(error)) return error.code;
    throw error;
  }
  return 'none';
}

/** The subject of the RegistryError that an act throws. */
export function subjectOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    if (isRegistryError(error)) return error.subject;
    throw error;
  }
  return undefined;
}
