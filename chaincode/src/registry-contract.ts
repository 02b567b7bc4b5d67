import { Contract } from 'fabric-contract-api';
import type { RegistryContext } from './registry-context';

/**
 * What all contracts share: a transaction's writes reach the ledger only when its function has returned.
 *
 * The methods that a contract class itself declares are its transactions (`transactionNames`). Helpers therefore live
 * here, in plain functions, or in `#private` members, never in a contract class.
 */
export abstract class RegistryContract extends Contract {
  /**
   * Runs one transaction function, then writes.
   *
   * @param name of one of the contract's `transactionNames`
   * @returns canonical JSON
   */
  async run(context: RegistryContext, name: string, parameters: readonly string[]): Promise<string> {
    // The base class calls by name, where its types say Function, and passes the result on, where they say void.
    const result = await this.aroundTransaction(context, name as unknown as () => void, parameters).then(
      (value: unknown) => value as string,
    );
    await context.transaction.ledger.flush();
    return result;
  }
}

/** The transaction functions that a contract offers: its own methods, in the order in which they are written. */
export function transactionNames(contract: Contract): string[] {
  const prototype = Object.getPrototypeOf(contract) as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).filter(
    (name) => name !== 'constructor' && typeof prototype[name] === 'function',
  );
}
