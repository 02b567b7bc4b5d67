import { RegistryError } from '@maker-registry/protocol';
import { functionArity } from '../functions';
import { MAX_ARGUMENT_BYTES } from '../limits';

/** Characters of an unknown function's name that a refusal repeats. */
const MAX_ECHOED_NAME = 100;

/**
 * Refuses at the door what no contract should ever see.
 *
 * @throws {RegistryError} NOT_FOUND for an unknown function, SCHEMA_VIOLATION for a wrong number of arguments, TOO_LARGE
 */
export function checkCall(name: string, parameters: readonly string[]): void {
  const arity = functionArity(name);
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
