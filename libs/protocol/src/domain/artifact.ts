import { type LedgerTime, type RiskClass } from './common';
import { type Restriction } from './revocation';

export const ARTIFACT_KINDS = ['model', 'dataset', 'vr-asset', 'library'] as const;
export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

export const PARENT_RELATIONS = [
  'derived',
  'fine-tune',
  'adapter',
  'merge',
  'quantized',
  'component',
] as const;
export type ParentRelation = (typeof PARENT_RELATIONS)[number];

export const ARTIFACT_STATES = ['pending-review', 'active', 'restricted', 'downgraded', 'revoked'] as const;
export type ArtifactState = (typeof ARTIFACT_STATES)[number];

export interface Parent {
  readonly artifact_id: string;
  readonly relation: ParentRelation;
}

/** What the maker declares, and what follows from the parents. */
export interface Risk {
  /** The class in force: the strictest of the declared one and those of the parents. Gates and fees follow it. */
  readonly class: RiskClass;
  readonly declared_class: RiskClass;
  /** Declared harm domains and those of the parents, sorted. */
  readonly domains: readonly string[];
  readonly declaration: string;
}

export type ReviewDecision = 'approve' | 'reject';

/** The latest decision of one operator; an operator has one voice, however many reviewers it employs. */
export interface Review {
  readonly msp_id: string;
  /** SHA-256 of the reviewer's certificate (DER), hex. */
  readonly reviewer: string;
  readonly decision: ReviewDecision;
  readonly reason?: string;
  readonly evidence_digest?: string;
  readonly tx_id: string;
  readonly at: number;
}

export interface Artifact {
  readonly artifact_id: string;
  readonly maker: string;
  readonly kind: ArtifactKind;
  readonly name: string;
  readonly version: string;
  readonly root_digest: string;
  readonly parents: readonly Parent[];
  readonly license_id: string;
  readonly risk: Risk;
  /** Follows from `approved` and `restrictions`; stored so that readers need no rule. */
  readonly state: ArtifactState;
  /** Whether the gate of the risk class has been passed. */
  readonly approved: boolean;
  readonly reviews: readonly Review[];
  /** Restrictions in force, oldest first. */
  readonly restrictions: readonly Restriction[];
  readonly registered: LedgerTime;
}
