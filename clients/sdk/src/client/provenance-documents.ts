import {
  type GenerationRecord,
  type LineageSummary,
  type Model,
  type RecordRisk,
  type RoyaltyPolicyVersion,
  type Scheme,
  type SchemeStatus,
} from '@maker-registry/protocol';

export interface ModelFilter {
  /** Actor id. */
  readonly owner?: string;
  readonly model_id?: string;
}

export interface SchemeFilter {
  readonly model_ref?: string;
  readonly status?: SchemeStatus;
}

export interface RecordFilter {
  readonly content_hash?: string;
  readonly model_ref?: string;
  readonly scheme_ref?: string;
  readonly parent_hash?: string;
  /** Actor id. */
  readonly recorder?: string;
}

/** What a detector read out of a content: the leading bits of the nonce of whatever record it belongs to. */
export interface PayloadQuery {
  readonly scheme_ref: string;
  /** Hex, the first bit first; bits beyond `payload_bits` do not count. */
  readonly payload: string;
  /** All of `payload` without it. */
  readonly payload_bits?: number;
}

export type LineageDirection = 'up' | 'down';

export interface LineageOptions {
  /** `up` without it: towards the ancestors. */
  readonly direction?: LineageDirection;
  /** Layers at most, 1 to 64; 64 without it. */
  readonly depth?: number;
}

/** A record of a lineage. Layer 1 is a parent, or a direct derivative. */
export type LineageRecord = GenerationRecord & { readonly layer: number };

/** A walk from a record. Upwards nearest first; downwards layer by layer. */
export interface RecordLineage extends LineageSummary {
  readonly items: readonly LineageRecord[];
  /** Upwards: the parent that nobody registered. */
  readonly missing?: string;
}

/** Everything that verifying a record without a network needs, as the mirror had it. */
export interface RecordBundle {
  readonly format: 'maker-registry-bundle/v1';
  /** The channel's genesis hash. */
  readonly network: string;
  /** Number of a block that the mirror had. */
  readonly height: number;
  /** The record, then its ancestors, nearest first. */
  readonly records: readonly GenerationRecord[];
  readonly models: readonly Model[];
  readonly schemes: readonly Scheme[];
  /** The policy versions in force. */
  readonly policies: readonly RoyaltyPolicyVersion[];
  /** Content hash → model whose record was the first of it. */
  readonly content_index: Readonly<Record<string, string>>;
}

/** What weighs on a record now. */
export interface RecordRisks {
  readonly model_ref: string;
  readonly content_hash: string;
  readonly risks: readonly RecordRisk[];
}
