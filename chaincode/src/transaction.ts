import type { Caller } from '@maker-registry/protocol';
import type { Ledger } from './ledger/ledger';

/** What a contract knows about the transaction it runs in: the same at every endorser. */
export interface Transaction {
  readonly txId: string;
  /** Unix seconds from the proposal: chosen by the submitter, bounded by each endorser's clock, never used for order. */
  readonly at: number;
  readonly caller: Caller;
  readonly ledger: Ledger;
}
