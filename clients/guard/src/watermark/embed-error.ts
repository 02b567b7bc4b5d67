import { fileError } from '@maker-registry/sdk';

/**
 * What an embedder threw, in words for whoever called: schemes refuse content with errors of their own, so what the file system
 * says is about the output (its name, its permissions, the space that is left).
 */
export function embedError(error: unknown, output: string): unknown {
  // Told by its members: it may come from another realm.
  const isSystemError = typeof error === 'object' && error !== null && 'syscall' in error;
  return isSystemError ? fileError(error, output, 'FILE_UNWRITABLE') : error;
}
