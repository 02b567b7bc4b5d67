import { Context } from 'fabric-contract-api';
import { callerOf } from './identity';
import { Ledger } from './ledger/ledger';
import { FabricStateStore } from './ledger/state-store';
import type { Transaction } from './transaction';

/** Fabric's transaction context, extended by what our contracts work on. One is made for each transaction. */
export class RegistryContext extends Context {
  #transaction: Transaction | undefined;

  /** The transaction in our own terms, made from the stub when first asked for. */
  get transaction(): Transaction {
    this.#transaction ??= {
      txId: this.stub.getTxID(),
      at: this.stub.getTxTimestamp().seconds.toNumber(),
      caller: callerOf(this.clientIdentity),
      ledger: new Ledger(new FabricStateStore(this.stub)),
    };
    return this.#transaction;
  }

  /** Runs the contract on this transaction instead of one read from a stub: how replay feeds it. */
  set transaction(transaction: Transaction) {
    this.#transaction = transaction;
  }
}
