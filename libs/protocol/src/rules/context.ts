import { type LedgerTime } from '../domain/common';
import { type Parameters } from '../domain/parameters';
import { RegistryError } from '../errors/registry-error';

/** What every rule knows of its transaction. Equal at all endorsers. */
export interface TransactionContext {
  readonly txId: string;
  /** The transaction's time, Unix seconds: compared with terms, never used for order. */
  readonly at: number;
}

/** Context of a rule that an intent reaches after `admitIntent`. */
export interface IntentContext extends TransactionContext {
  readonly intentId: string;
  readonly parameters: Parameters;
}

/** The Fabric identity that performs a role act. */
export interface Caller {
  readonly mspId: string;
  /** Value of the certificate attribute `registry.role`. */
  readonly role?: string | undefined;
  /** SHA-256 of the certificate (DER), hex. */
  readonly certificateDigest: string;
}

/** Context of a rule that a Fabric identity reaches by its role. */
export interface ActContext extends TransactionContext {
  readonly caller: Caller;
  /** Undefined until the operators have approved the first ones. */
  readonly parameters: Parameters | undefined;
}

/** The stamp that ledger values carry. */
export function ledgerTime({ txId, at }: TransactionContext): LedgerTime {
  return { tx_id: txId, at };
}

/** The parameters of an act's context, or PARAMETERS_MISSING. */
export function requireParameters({ parameters }: Pick<ActContext, 'parameters'>): Parameters {
  if (parameters === undefined) {
    throw new RegistryError(
      'PARAMETERS_MISSING',
      'The operators have not yet approved parameters for this network.',
    );
  }
  return parameters;
}
