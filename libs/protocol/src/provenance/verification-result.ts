import { type LedgerTime } from '../domain/common';
import { type RecordKey } from '../domain/record';
import { type RecordRisk } from './record-risks';
import { type VerificationCheck } from './verification-check';
import { type VerificationStatus } from './verification-status';

/** What was verified and with which figures (P-95). Members that no record gave are null. */
export interface VerificationEvidence {
  readonly commitment_verified: boolean;
  readonly signature_verified: boolean;
  readonly detection_verified: boolean;
  readonly binding_verified: boolean;
  /** Canonical decimal from 0 to 1; null where no detector answered. */
  readonly detection_confidence: string | null;
  /** Where on the ledger the record is. */
  readonly record_locator: LedgerTime | null;
  /** Recomputed from the record's members, hex. */
  readonly payload_digest: string | null;
  readonly schema_version: number | null;
  /** Unix seconds, as the model claims. */
  readonly timestamp: number | null;
  readonly nonce: string | null;
  readonly context_hash?: string;
}

/** What the verdict is about (P-93). */
export interface VerificationRefs {
  readonly model_ref: string | null;
  readonly scheme_ref: string | null;
}

/** What the verdict hangs on: with the refs, everything a third party needs to reach it again (P-94, P-96). */
export interface VerificationAnchors {
  readonly content_hash: string | null;
  /** Absent where the record has no parent. */
  readonly parent_hash?: string;
  readonly record_key?: RecordKey;
}

/** The outcome of the decision rule: one status, and everything that was looked at, in order. */
export interface RecordVerdict {
  readonly status: VerificationStatus;
  readonly checks: readonly VerificationCheck[];
  readonly risks: readonly RecordRisk[];
  readonly refs: VerificationRefs;
  readonly anchors: VerificationAnchors;
  readonly evidence: VerificationEvidence;
}
