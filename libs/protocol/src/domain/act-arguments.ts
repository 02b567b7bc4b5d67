import { type ReviewDecision } from './artifact';
import { type CertificateKey, type CertificateReason } from './certificate-revocation';
import { type UsageLimits } from './common';
import { type Parameters } from './parameters';
import { type RecordKey } from './record';
import { type RestrictionKind, type RestrictionScope, type SubjectType } from './revocation';

export interface RevocationEntry {
  readonly subject_type: SubjectType;
  readonly subject_id: string;
  /** For subject_type `key` only. */
  readonly key_version?: number;
  readonly kind: RestrictionKind;
  readonly reason_code: string;
  readonly scope?: RestrictionScope;
  readonly limits?: UsageLimits;
  readonly note?: string;
}

/** One certificate to revoke, or with the reason `certificateHold` to put on hold. */
export interface CertificateRevocationEntry extends CertificateKey {
  /** Unspecified without it. */
  readonly reason?: CertificateReason;
  /** Unix seconds from which the key is believed to have been misused; not after the act. */
  readonly invalidity_date?: number;
  /** notAfter of the certificate, Unix seconds: without it the entry never leaves CRLs. */
  readonly expires_at?: number;
}

/** The argument of each role act; the schemas in schemas/act-arguments.ts give the exact bounds. */
export interface ActArguments {
  readonly 'review.decide': {
    readonly artifact_id: string;
    readonly decision: ReviewDecision;
    readonly reason?: string;
    readonly evidence_digest?: string;
  };
  readonly 'revocation.issue': { readonly entries: readonly RevocationEntry[] };
  readonly 'revocation.release': { readonly number: number; readonly note?: string };
  readonly 'parameters.propose': { readonly parameters: Parameters };
  readonly 'parameters.approve': { readonly proposal_id: string };
  readonly 'policy.dispute': RecordKey & { readonly note?: string };
  readonly 'policy.settle-dispute': RecordKey & { readonly note?: string };
  readonly 'payout.report': {
    readonly withdrawal_id: string;
    readonly status: 'sent' | 'paid' | 'returned';
    /** SHA-256 of the bank's message, hex. */
    readonly evidence_digest: string;
  };
  readonly 'certificate.revoke': {
    readonly entries: readonly CertificateRevocationEntry[];
    /** Kept with each certificate. */
    readonly ticket?: string;
    /** Stays in the transaction. */
    readonly note?: string;
  };
  readonly 'certificate.release': {
    readonly entries: readonly CertificateKey[];
    readonly ticket?: string;
    readonly note?: string;
  };
}

export type ActName = keyof ActArguments;

export const ROLES = [
  'operator-admin',
  'safety-reviewer',
  'ca-admin',
  'gateway',
  'auditor',
  'platform',
  'regulator',
] as const;
/** Value of the certificate attribute `registry.role`; an identity has exactly one. */
export type Role = (typeof ROLES)[number];
