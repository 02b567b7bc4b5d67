import { type RoyaltyTerms } from '../royalties/terms';
import { type Author, type LedgerTime } from './common';

export const POLICY_STATUSES = ['active', 'deprecated', 'revoked'] as const;
export type PolicyStatus = (typeof POLICY_STATUSES)[number];

/** An open objection to who is paid: parts of this policy wait in suspense until it is closed. */
export interface Dispute {
  readonly opened: LedgerTime;
  readonly by: Author;
  readonly note?: string;
}

/** The royalty policy of a record as it is now (P-106). */
export interface RoyaltyPolicy {
  readonly model_ref: string;
  readonly content_hash: string;
  /** Who alone may set, freeze or mark it. */
  readonly rights_owner: string;
  /** From 1; settlements name the version they used. */
  readonly version: number;
  readonly status: PolicyStatus;
  readonly frozen: boolean;
  readonly license_uri: string;
  readonly policy_commitment: string;
  readonly royalty_terms: RoyaltyTerms;
  readonly dispute?: Dispute;
  readonly updated: LedgerTime;
}

/** One version of a policy, immutable: what was agreed, word for word. */
export interface RoyaltyPolicyVersion {
  readonly model_ref: string;
  readonly content_hash: string;
  readonly version: number;
  readonly set_by: string;
  readonly rights_owner: string;
  readonly license_uri: string;
  readonly policy_commitment: string;
  /** JSON as the rights owner wrote it. */
  readonly license_terms: unknown;
  readonly royalty_terms: RoyaltyTerms;
  readonly since: LedgerTime;
}
