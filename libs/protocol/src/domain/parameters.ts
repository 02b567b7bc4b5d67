import { type LedgerTime, type RiskClass } from './common';
import { type RestrictionKind } from './revocation';

/** What a risk class demands. */
export interface RiskGate {
  /** Different operators whose reviewers must approve; at most as many as there are operators count. */
  readonly approvals_required: number;
  /** Whether keys are released to, and tokens bound to, attested devices only. */
  readonly attestation_required: boolean;
  /** Lifetime of a rights token, seconds. */
  readonly token_ttl_s: number;
  /** How old a revocation list an execution may rely on, seconds. */
  readonly list_max_age_s: number;
  /** Whether execution stops when no fresh list can be had. */
  readonly fail_closed: boolean;
  /** Basis points of each sale for the safety fund. */
  readonly fee_bps: number;
  /** Operators, at least, that must release their shares of a content key together. Absent: one may hold the whole key. */
  readonly key_threshold?: number;
}

export const REASON_AUTHORS = ['maker', 'operator', 'regulator'] as const;
export type ReasonAuthor = (typeof REASON_AUTHORS)[number];

export interface ReasonCode {
  readonly code: string;
  readonly title: string;
  readonly kinds: readonly RestrictionKind[];
  readonly who: readonly ReasonAuthor[];
}

/** The rules that operators change by majority: data, read in one state call by every transaction. */
export interface Parameters {
  readonly version: number;
  /** SHA-256 of the genesis block's header, hex. It never changes; every intent names it. */
  readonly network: string;
  readonly operators: readonly string[];
  readonly regulators: readonly string[];
  readonly risk_classes: Readonly<Record<RiskClass, RiskGate>>;
  /** The harm taxonomy's codes. */
  readonly domains: readonly string[];
  readonly reason_codes: readonly ReasonCode[];
  /** Seconds, at least, between a claim and the inheritance. */
  readonly bequest_min_waiting_s: number;
  /** Seconds from the transaction's time to an intent's expiry, at most. */
  readonly intent_max_lifetime_s: number;
  /** Rules of provenance and settlement; `provenanceRules` gives the defaults where absent. */
  readonly provenance?: ProvenanceParameters;
}

/** What operators decide about records and settlements; each has a default. */
export interface ProvenanceParameters {
  /** Whether a record may name a parent that nobody registered. */
  readonly parents?: 'permissive' | 'strict';
  /** Actors that may settle: those with whom operators agreed how money is collected. Absent: every actor. */
  readonly payers?: readonly string[];
  /** Actors whose verification reports count. */
  readonly verifiers?: readonly string[];
  /** Seconds that a report stays good. */
  readonly report_max_age_s?: number;
  /** Basis points of a settlement, at most, that wait for a parent nobody registered. */
  readonly pending_hold_bps?: number;
  /** Seconds that they wait. */
  readonly pending_hold_s?: number;
}

export interface Approval {
  readonly msp_id: string;
  readonly tx_id: string;
  readonly at: number;
}

export interface Proposal {
  readonly proposal_id: string;
  readonly parameters: Parameters;
  readonly approvals: readonly Approval[];
  readonly status: 'open' | 'applied';
  readonly proposed: LedgerTime;
  readonly applied?: LedgerTime;
}
