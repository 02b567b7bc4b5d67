import { Contract } from 'fabric-contract-api';
import { isRegistryError, RegistryError } from '@maker-registry/protocol';
import { reportFault } from './faults';
import { RegistryContext } from './registry-context';
import { wireError } from './wire-error';

/**
 * What all contracts share: a transaction's writes reach the ledger only when its function has returned, and whatever
 * goes wrong leaves as one canonical JSON object with a stable code.
 *
 * Fabric's runtime offers the methods that a contract class itself declares as transactions. Helpers therefore live
 * here, in plain functions, or in `#private` members, never in a contract class.
 */
export abstract class RegistryContract extends Contract {
  override createContext(): RegistryContext {
    return new RegistryContext();
  }

  /** Runs one transaction function, then writes. The runtime passes the function's name where its types say Function. */
  override async aroundTransaction(
    context: RegistryContext,
    name: unknown,
    parameters: unknown,
  ): Promise<void> {
    try {
      // The function's result comes through, although the runtime's types promise none.
      const result = await super
        .aroundTransaction(context, name as () => void, parameters)
        .then((value: unknown) => value);
      await context.transaction.ledger.flush();
      return result as undefined;
    } catch (error) {
      if (!isRegistryError(error)) reportFault(error);
      throw wireError(error);
    }
  }

  override unknownTransaction(context: RegistryContext): Promise<void> {
    const { fcn } = context.stub.getFunctionAndParameters();
    return Promise.reject(
      wireError(new RegistryError('NOT_FOUND', `There is no chaincode function ${fcn}.`, { subject: fcn })),
    );
  }
}

/** The transaction functions that a contract offers: its own methods, in the order in which they are written. */
export function transactionNames(contract: Contract): string[] {
  const prototype = Object.getPrototypeOf(contract) as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).filter(
    (name) => name !== 'constructor' && typeof prototype[name] === 'function',
  );
}
