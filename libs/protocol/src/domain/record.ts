import { type LedgerTime } from './common';

/** Names a generation record (P-51). */
export interface RecordKey {
  readonly model_ref: string;
  readonly content_hash: string;
}

/** A signed claim as it is submitted: everything the attestation is rebuilt from, and its signature. */
export interface RecordClaim {
  readonly schema_version: number;
  readonly model_ref: string;
  readonly scheme_ref: string;
  readonly content_hash: string;
  /** 64 zeros where the content derives from nothing. */
  readonly parent_hash: string;
  /** Names the parent where several models registered the same content. Not signed: who may record decides it. */
  readonly parent_model_ref?: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly nonce: string;
  readonly context_hash?: string;
  /** Hex of 64 bytes over the attestation's digest. */
  readonly signature: string;
}

/** What a reader should know of a record beside its validity, fixed when it was made. */
export type RecordAnnotation = 'parent-unregistered' | 'scheme-deprecated' | 'backfilled';

/** A generation record (P-53): immutable under its record key (model_ref, content_hash). */
export interface GenerationRecord extends RecordClaim {
  /** The attestation's digest, hex. */
  readonly payload_digest: string;
  /** Version of the model's key that verified it, at this place of the ledger. */
  readonly key_version: number;
  /** The scheme's commitment when the record was made. */
  readonly scheme_commitment: string;
  /** The actor that submitted it. */
  readonly recorder: string;
  readonly annotations: readonly RecordAnnotation[];
  /** Of a claim by a retired key: the key that vouched for it, and its signature over the same digest. */
  readonly backfill?: { readonly cosigned_by: number; readonly cosignature: string };
  readonly recorded: LedgerTime;
}

/** Under a content hash: the record that registered it first in ledger order, which is the one a parent_hash means. */
export interface ContentIndex {
  readonly model_ref: string;
}

/** That a model has used a nonce, and in which intent: the same intent again is a replay and no reuse. */
export interface NonceMark {
  readonly intent_id: string;
}
