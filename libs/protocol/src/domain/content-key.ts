import { type LedgerTime } from './common';
import { type Restriction } from './revocation';

export type ContentKeyStatus = 'current' | 'retired' | 'held' | 'revoked';

export interface ContentKeyVersion {
  /** From 1. */
  readonly version: number;
  readonly commitment: string;
  readonly ciphertext_digest: string;
  readonly format: 'mrg1';
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
