import { Context } from 'fabric-contract-api';
import { callerOf } from './identity';
import { Ledger } from './ledger/ledger';
import { stateStoreOf } from './ledger/batched-state-store';
import type { Transaction } from './transaction';

/** Fabric's transaction context, extended by what our contracts work on. One is made for each transaction. */
export class RegistryContext extends Context {
  #transaction: Transaction | undefined;

  /** The transaction in our own terms, made from the stub when first asked for. */
  get transaction(): Transaction {
    this.#transaction ??= transactionOf(this);
    return this.#transaction;
  }

  /** Runs the contract on this transaction instead of one read from a stub: how replay feeds it. */
  set transaction(transaction: Transaction) {
    this.#transaction = transaction;
  }
}

function transactionOf({ stub, clientIdentity }: Context): Transaction {
  return {
    txId: stub.getTxID(),
    at: stub.getTxTimestamp().seconds.toNumber(),
    // Only role acts ask; an intent's relay is nobody in particular.
    get caller() {
      return callerOf(clientIdentity);
    },
    ledger: new Ledger(stateStoreOf(stub)),
  };
}
