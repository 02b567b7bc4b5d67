import {
  type CreditLine,
  type CreditSource,
  type LedgerTime,
  type StreamWindow,
  type SuspenseReason,
  type WithdrawalStatus,
} from '@maker-registry/protocol';

export interface PolicyFilter {
  readonly model_ref?: string;
  readonly content_hash?: string;
  /** Actor id. */
  readonly rights_owner?: string;
}

export interface SettlementFilter {
  /** Actor id. */
  readonly payer?: string;
  readonly settlement_ref?: string;
  readonly model_ref?: string;
  readonly content_hash?: string;
  readonly currency?: string;
  /** Actor or share issue that some line pays. */
  readonly beneficiary?: string;
  readonly stream_id?: string;
}

export interface SuspenseFilter {
  readonly settlement_id?: string;
  readonly status?: 'held' | 'released';
  readonly reason?: SuspenseReason;
}

export interface WithdrawalFilter {
  readonly beneficiary?: string;
  readonly status?: WithdrawalStatus;
  readonly currency?: string;
}

export type CreditState = 'open' | 'collected';

export interface CreditFilter {
  /** `all` without it. */
  readonly state?: CreditState | 'all';
}

/** One source of a beneficiary's statement. */
export interface CreditEntry {
  /** What `vault.collect` and `vault.withdraw` name. */
  readonly source: string;
  readonly source_type: 'settlement' | CreditSource;
  /** Minor units. */
  readonly amount: string;
  /** The justification, by layer and policy version; none for a fee, shares and a returned payout. */
  readonly lines: readonly CreditLine[];
  /** Of a settlement and of a release from suspense. */
  readonly settlement_id?: string;
  readonly settlement_ref?: string;
  readonly payer?: string;
  readonly state: CreditState;
  readonly credited: LedgerTime;
  /** Intent that collected it. */
  readonly collected_by?: string;
}

/** Sums of a statement, minor units. */
export interface CreditTotals {
  readonly open: string;
  readonly collected: string;
}

export interface StreamFilter {
  /** Actor id. */
  readonly payer?: string;
}

/** Windows by their numbers, both ends included; without an end, as far as there are windows. */
export interface WindowRange {
  readonly from?: number;
  readonly to?: number;
}

export interface StreamWindows {
  /** In order. */
  readonly items: readonly StreamWindow[];
  /** Of all windows in the range, minor units. */
  readonly sum: string;
  /** Of all windows up to the last one in the range. */
  readonly cumulative: string;
}

export interface SharesFilter {
  /** Actor id. */
  readonly issuer?: string;
}
