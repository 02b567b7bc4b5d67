import { type LineageSummary } from '../royalties/lineage';
import { type LedgerTime, type RiskClass } from './common';
import { type PolicyStatus } from './royalty-policy';

export const SETTLEMENT_MODES = ['permissive', 'strict'] as const;
export type SettlementMode = (typeof SETTLEMENT_MODES)[number];

/** Beneficiary of the registry's fees. */
export const SAFETY_FUND = 'safety-fund';

/** One record that a settlement pays: layer 0 is what was sold, 1 its parent, and so on. Amounts are minor units. */
export interface SettlementLayer {
  readonly model_ref: string;
  readonly content_hash: string;
  /** 0: the record had no policy, its model's owner is paid. */
  readonly policy_version: number;
  readonly status: PolicyStatus;
  /** Basis points that it claimed from what was sold; 0 for layer 0. */
  readonly claim_bps: number;
  readonly amount: string;
  /** Places in the settlement's `beneficiaries`, for whom this layer pays more than nothing. */
  readonly payees: readonly number[];
  /** What each of `payees` is owed by this layer. */
  readonly amounts: readonly string[];
  /** How much of each of `amounts` waits in suspense; absent where nothing does. */
  readonly held?: readonly string[];
}

/**
 * One payment's division over a lineage (P-128), with the justification of every unit. It records what is owed to whom,
 * and money moves by payouts. It is also the credit of everybody it names: any number of settlements that pay one
 * beneficiary write different keys and never meet.
 */
export interface Settlement {
  readonly settlement_id: string;
  readonly payer: string;
  /** Unique for the payer. */
  readonly settlement_ref: string;
  /** SHA-256 of the request's canonical form: the same again is the same settlement, another one is refused. */
  readonly request_digest: string;
  readonly model_ref: string;
  readonly content_hash: string;
  readonly amount: string;
  readonly currency: string;
  readonly mode: SettlementMode;
  readonly risk_class: RiskClass;
  readonly fee: { readonly payee: typeof SAFETY_FUND; readonly bps: number; readonly amount: string };
  /** Most that the ancestors could take together, basis points. */
  readonly cap_bps: number;
  /** Ancestors that the walk could reach at most. */
  readonly max_depth: number;
  readonly beneficiaries: readonly string[];
  readonly layers: readonly SettlementLayer[];
  /** `missing` is the parent that nobody had registered. */
  readonly lineage: LineageSummary & { readonly missing?: string };
  /** What waits, by layer. */
  readonly suspended: readonly {
    readonly layer: number;
    readonly reason: SuspenseReason;
    readonly amount: string;
  }[];
  /** Where the payer's evidence lies. */
  readonly verification_ref?: string;
  /** Actor ids of the verifiers whose reports were checked. */
  readonly verified_by?: readonly string[];
  readonly payee_context?: string;
  /** The stream whose window this settles. */
  readonly stream_id?: string;
  readonly settled: LedgerTime;
}

/** One line of a division: which layer under which version of its policy pays how much. */
export interface CreditLine {
  readonly layer: number;
  readonly policy_version: number;
  readonly amount: string;
}

export type CreditSource = 'suspense' | 'shares' | 'payout-returned';

/** What a beneficiary is owed beside settlements, under a key of its own. */
export interface Credit {
  /** An actor or a share issue. */
  readonly beneficiary: string;
  readonly currency: string;
  /** With beneficiary and currency its name. */
  readonly source: string;
  readonly source_type: CreditSource;
  readonly amount: string;
  /** Of a release from suspense. */
  readonly settlement_id?: string;
  readonly lines: readonly CreditLine[];
  readonly credited: LedgerTime;
}

/** That a beneficiary has collected what a source owed it: its presence refuses a second time. */
export interface CollectedMark {
  readonly amount: string;
  readonly intent_id: string;
}

export const SUSPENSE_REASONS = ['disputed', 'payee-unknown', 'lineage-incomplete'] as const;
export type SuspenseReason = (typeof SUSPENSE_REASONS)[number];

/** A part of a settlement that waits, and what ends the waiting. */
export interface Suspense {
  readonly settlement_id: string;
  readonly settlement_ref: string;
  readonly layer: number;
  readonly reason: SuspenseReason;
  readonly model_ref: string;
  readonly content_hash: string;
  readonly policy_version: number;
  readonly currency: string;
  readonly amount: string;
  readonly parts: readonly { readonly beneficiary: string; readonly amount: string }[];
  /** Of `lineage-incomplete`: the parent nobody had registered, and from when on nobody need wait for it (Unix seconds). */
  readonly missing?: string;
  readonly release_at?: number;
  readonly status: 'held' | 'released';
  readonly held: LedgerTime;
  readonly released?: LedgerTime;
}
