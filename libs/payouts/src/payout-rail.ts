import { type PayoutBatch } from './batch';
import { type Notification } from './notification';

/** What a rail made of a batch. */
export interface PayoutExport {
  /** The file for the bank. Personal data. */
  readonly text: string;
  /** Withdrawal ids by the end-to-end id under which the bank will report them: `reconcile` needs them. */
  readonly exported: ReadonlyMap<string, string>;
}

/** How withdrawals leave the registry and come back as reports; another way to pay is another rail. */
export interface PayoutRail {
  readonly name: string;
  /** Throws RegistryError and makes nothing when a payment of the batch may not go out. */
  readonly exportBatch: (batch: PayoutBatch) => PayoutExport;
  /** Throws RegistryError when the text is not a report of this rail. */
  readonly readReport: (text: string) => Notification;
}
