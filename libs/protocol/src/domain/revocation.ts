import { type Author, type LicenseAction, type UsageLimits } from './common';

export const SUBJECT_TYPES = ['key', 'artifact', 'actor', 'right', 'device'] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];

export const RESTRICTION_KINDS = ['hold', 'restrict', 'downgrade', 'narrow', 'revoke'] as const;
/**
 * hold: stopped until lifted. restrict: nothing new is granted and only research goes on. downgrade: use goes on within
 * tighter limits. narrow: the named actions or domains are barred. revoke: stopped for good.
 */
export type RestrictionKind = (typeof RESTRICTION_KINDS)[number];

export const BAN_ACTIONS = ['register', 'license', 'issue', 'transfer', 'receive'] as const;
/** What an actor may do on the ledger and be barred from, beside the actions of rights. */
export type BanAction = (typeof BAN_ACTIONS)[number];
export type ScopedAction = LicenseAction | BanAction;

/** What a restriction bars: only these actions, only in these domains. An absent list means all of them. */
export interface RestrictionScope {
  readonly actions?: readonly ScopedAction[];
  readonly domains?: readonly string[];
}

/** A restriction in force, as its subject carries it. */
export interface Restriction {
  readonly number: number;
  readonly kind: RestrictionKind;
  readonly reason_code: string;
  readonly by: Author;
  readonly final: boolean;
  readonly scope?: RestrictionScope;
  readonly limits?: UsageLimits;
}

/** One entry of the ledger's numbered, hash-chained list. Numbers have no gap, so an omission shows. */
export interface Revocation {
  readonly number: number;
  /** SHA-256 of the previous entry without `lifted`, hex; 64 zeros for number 1. */
  readonly previous: string;
  readonly subject_type: SubjectType;
  readonly subject_id: string;
  readonly key_version?: number;
  readonly kind: RestrictionKind | 'release';
  readonly reason_code: string;
  readonly scope?: RestrictionScope;
  readonly limits?: UsageLimits;
  readonly note?: string;
  readonly by: Author;
  /** Whether nothing lifts it. */
  readonly final: boolean;
  /** For `release`: the number it lifts. */
  readonly releases?: number;
  /** Set on the lifted entry, outside the hash: the chain must not change when a hold ends. */
  readonly lifted?: { readonly number: number; readonly tx_id: string; readonly at: number };
  readonly tx_id: string;
  readonly at: number;
}

/** The end of the chain. */
export interface RevocationHead {
  readonly number: number;
  /** Hash of the entry with this number. */
  readonly hash: string;
}
