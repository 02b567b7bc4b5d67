import { type LedgerTime } from './common';

/** What a beneficiary has collected in one currency; credits that nobody collected yet are not in it. */
export interface Vault {
  readonly beneficiary: string;
  readonly currency: string;
  /** Collected and not withdrawn. */
  readonly balance: string;
  readonly collected: string;
  readonly withdrawn: string;
  /** How many acts changed it. */
  readonly version: number;
  readonly updated: LedgerTime;
}

export const WITHDRAWAL_STATUSES = ['requested', 'sent', 'paid', 'returned'] as const;
export type WithdrawalStatus = (typeof WITHDRAWAL_STATUSES)[number];

/** A beneficiary's order to pay out. Bank details are personal data: only their salted commitment is here. */
export interface Withdrawal {
  readonly withdrawal_id: string;
  readonly beneficiary: string;
  readonly currency: string;
  readonly amount: string;
  readonly instruction_commitment: string;
  readonly status: WithdrawalStatus;
  readonly requested: LedgerTime;
  /** What a payout desk reported: the organisation, and the digest of the bank's message. */
  readonly reports: readonly {
    readonly status: WithdrawalStatus;
    readonly msp_id: string;
    readonly evidence_digest: string;
    readonly reported: LedgerTime;
  }[];
}
