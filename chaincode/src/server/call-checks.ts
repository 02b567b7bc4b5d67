import { RegistryError } from '@maker-registry/protocol';
import { functionArity } from '../functions';
import { MAX_ARGUMENT_BYTES } from '../limits';

/** Fabric's own contract, which answers with the metadata of the others. */
export const SYSTEM_CONTRACT = 'org.hyperledger.fabric';
/** The one function of Fabric's own contract. */
export const SYSTEM_FUNCTION = 'GetMetadata';

/** Characters of an unknown function's name that a refusal repeats. */
const MAX_ECHOED_NAME = 100;

function arityOf(name: string): number | undefined {
  return name === `${SYSTEM_CONTRACT}:${SYSTEM_FUNCTION}` ? 0 : functionArity(name);
}

/**
 * Refuses at the door what no contract should ever see. Without this, Fabric's runtime would answer in sentences without
 * a code, and would hand a name without a colon to whichever contract comes first.
 *
 * @throws {RegistryError} NOT_FOUND for an unknown function, SCHEMA_VIOLATION for a wrong number of arguments, TOO_LARGE
 */
export function checkCall(name: string, parameters: readonly string[]): void {
  const arity = arityOf(name);
  if (arity === undefined) {
    throw new RegistryError('NOT_FOUND', 'The chaincode has no such function. Call <contract>:<Function>.', {
      subject: name.slice(0, MAX_ECHOED_NAME),
    });
  }
  if (parameters.length !== arity) {
    throw new RegistryError(
      'SCHEMA_VIOLATION',
      `${name} takes ${arity} argument(s), not ${parameters.length}.`,
      {
        subject: name,
      },
    );
  }
  if (parameters.some((parameter) => Buffer.byteLength(parameter) > MAX_ARGUMENT_BYTES)) {
    throw new RegistryError('TOO_LARGE', `An argument may hold at most ${MAX_ARGUMENT_BYTES} bytes.`, {
      subject: name,
    });
  }
}
