import { type LedgerTime } from './common';
import { type Restriction } from './revocation';

export type ContentKeyStatus = 'current' | 'retired' | 'held' | 'revoked';

/** One operator's share of a content key, as the ledger knows it. */
export interface KeyShareCommitment {
  /** MSP id of the operator that the share is wrapped for. */
  readonly operator: string;
  /** keyShareCommitment of the share, hex: a share that an operator altered is seen, and seen to be its doing. */
  readonly commitment: string;
}

/** How a content key is split: any `threshold` of the shares give the key, fewer give nothing. */
export interface KeySharing {
  readonly threshold: number;
  readonly shares: readonly KeyShareCommitment[];
}

export interface ContentKeyVersion {
  /** From 1. */
  readonly version: number;
  readonly commitment: string;
  readonly ciphertext_digest: string;
  readonly format: 'mrg1';
  /** Absent: each operator that the maker trusts may hold the whole key. */
  readonly sharing?: KeySharing;
  /** Follows from `current` and `restrictions`. */
  readonly status: ContentKeyStatus;
  readonly restrictions: readonly Restriction[];
  readonly committed: LedgerTime;
}

export interface ContentKey {
  readonly artifact_id: string;
  readonly maker: string;
  /** The version that new releases use. */
  readonly current: number;
  readonly versions: readonly ContentKeyVersion[];
}
