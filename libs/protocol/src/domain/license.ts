import { type LedgerTime, type LicenseAction, type Purpose, type UsageLimits } from './common';

/** Which changes of holder are permitted. */
export interface TransferTerms {
  readonly resale: boolean;
  readonly gift: boolean;
  readonly bequest: boolean;
  /** Changes of holder over the life of a right. Absent means unbounded. */
  readonly max_transfers?: number;
  /** Seconds that must pass between two changes of holder. */
  readonly cooling_period_s?: number;
}

export interface LicenseTerms {
  readonly actions: readonly LicenseAction[];
  readonly purposes: readonly Purpose[];
  readonly limits: UsageLimits;
  readonly transfer: TransferTerms;
  /** Basis points of every resale that go to the maker. */
  readonly resale_royalty_bps: number;
  readonly obligations: readonly string[];
  readonly text_uri?: string;
  readonly text_digest?: string;
}

/** Immutable once defined: its id covers the licensor and the terms. */
export interface License {
  readonly license_id: string;
  readonly licensor: string;
  readonly name: string;
  readonly terms: LicenseTerms;
  readonly defined: LedgerTime;
}
