import { Context } from 'fabric-contract-api';
import { ClientIdentity, type ChaincodeStub } from 'fabric-shim';
import { callerOf } from './identity';
import { stateStoreOf } from './ledger/batched-state-store';
import { Ledger } from './ledger/ledger';
import type { Transaction } from './transaction';

/** Fabric's transaction context, extended by what our contracts work on. One is made for each transaction. */
export class RegistryContext extends Context {
  /** The transaction in our own terms. */
  readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    super();
    this.transaction = transaction;
  }

  /** The context of a transaction that a peer asks for. */
  static of(stub: ChaincodeStub): RegistryContext {
    return new RegistryContext(transactionOf(stub));
  }
}

function transactionOf(stub: ChaincodeStub): Transaction {
  return {
    txId: stub.getTxID(),
    at: stub.getTxTimestamp().seconds.toNumber(),
    // Parses a certificate. Only role acts ask; an intent's relay is nobody in particular.
    get caller() {
      return callerOf(new ClientIdentity(stub));
    },
    ledger: new Ledger(stateStoreOf(stub)),
  };
}
