import { type PayoutInstruction } from './instruction';
import { type PayableWithdrawal } from './payable-withdrawal';

/** The account that pays: an operator's. */
export interface Debtor {
  readonly name: string;
  readonly iban: string;
  readonly bic: string;
}

/** A withdrawal, and where its beneficiary wants it. */
export interface Payment {
  readonly withdrawal: PayableWithdrawal;
  readonly instruction: PayoutInstruction;
}

/** Payments that go to the bank in one file. */
export interface PayoutBatch {
  /** Unique for the debtor's bank, which refuses a second file of the same id: at most 31 characters. */
  readonly messageId: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly debtor: Debtor;
  /** The day on which the bank shall execute the payments, YYYY-MM-DD. */
  readonly requestedOn: string;
  /** 1 to 10 000. */
  readonly payments: readonly Payment[];
}
