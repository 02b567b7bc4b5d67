import { type LedgerTime, type LicenseAction, type Money, type Purpose, type UsageLimits } from './common';
import { type Restriction } from './revocation';

export interface Bequest {
  readonly beneficiary: string;
  readonly waiting_period_s: number;
  /** When the beneficiary claimed (Unix seconds); absent until then. An act of the holder clears it. */
  readonly claimed_at?: number;
}

/** The asset that is sold, given, inherited: ledger state, not a token. */
export interface Right {
  readonly right_id: string;
  readonly artifact_id: string;
  readonly license_id: string;
  readonly maker: string;
  readonly holder: string;
  readonly actions: readonly LicenseAction[];
  readonly purpose: Purpose;
  readonly limits: UsageLimits;
  readonly device_id?: string;
  readonly not_before?: number;
  readonly expires_at?: number;
  readonly price?: Money;
  /** From 1; one more at each change of holder. A token of an earlier version is superseded. */
  readonly version: number;
  /** Follows from `restrictions`. */
  readonly status: 'active' | 'suspended' | 'revoked';
  /** Restrictions in force, oldest first. */
  readonly restrictions: readonly Restriction[];
  /** Changes of holder so far. */
  readonly transfers: number;
  /** Time of the latest change of holder, or of the issue. */
  readonly last_transfer_at: number;
  readonly bequest?: Bequest;
  readonly issued: LedgerTime;
}

/** A resale and how its price was divided; the parts sum to the price exactly. */
export interface Sale {
  readonly right_id: string;
  /** The right's version after the sale. */
  readonly version: number;
  readonly artifact_id: string;
  readonly seller: string;
  readonly buyer: string;
  readonly price: Money;
  readonly royalty: { readonly payee: string; readonly amount: string };
  readonly fee: { readonly payee: 'safety-fund'; readonly amount: string };
  readonly seller_amount: string;
  readonly sold: LedgerTime;
}
