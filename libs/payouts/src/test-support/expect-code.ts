import { type ErrorCode, isRegistryError, type RegistryError } from '@maker-registry/protocol';

/** The RegistryError that an act throws, or undefined when it throws nothing; other errors go through. */
function thrownBy(act: () => unknown): RegistryError | undefined {
  try {
    act();
  } catch (error) {
    if (isRegistryError(error)) return error;
    throw error;
  }
  return undefined;
}

/** The RegistryError that an act throws; fails when it throws nothing. */
export function errorOf(act: () => unknown): RegistryError {
  const error = thrownBy(act);
  if (error === undefined) throw new Error('Nothing was thrown.');
  return error;
}

/** The code of the RegistryError that an act throws; `none` when it throws nothing. */
export function codeOf(act: () => unknown): ErrorCode | 'none' {
  return thrownBy(act)?.code ?? 'none';
}
