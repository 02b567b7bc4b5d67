import { isRegistryError, RegistryError, toWire } from '@maker-registry/protocol';

/**
 * Whatever went wrong, as the error that leaves the chaincode: its message is canonical JSON
 * `{"code","message","subject"?}`. A fault of ours (a bug, a peer that broke off) becomes INTERNAL and keeps its text to
 * itself, for the caller cannot act on it; it stays attached as the cause, for the service's log.
 */
export function wireError(error: unknown): Error {
  const refusal = isRegistryError(error)
    ? error
    : new RegistryError(
        'INTERNAL',
        'The chaincode failed. Nothing was written; the operator’s log says why.',
      );
  return new Error(toWire(refusal), { cause: error });
}
