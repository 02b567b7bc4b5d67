import { type ArtifactKind, type ArtifactState } from '@maker-registry/protocol';

/** Read-your-writes: a height to wait for, or `own` for the highest block this client's own operations are in. */
export interface ReadOptions {
  readonly minHeight?: number | 'own';
  readonly signal?: AbortSignal;
}

export interface ArtifactFilter {
  readonly kind?: ArtifactKind;
  readonly maker?: string;
  readonly state?: ArtifactState;
  readonly name?: string;
}

export interface RightFilter {
  readonly holder?: string;
  readonly artifact_id?: string;
}

/** A transaction as the mirror shows it; more members may follow. */
export interface TransactionView {
  readonly tx_id: string;
  readonly block: number;
  readonly [member: string]: unknown;
}

/** One page of a listing. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; absent on the last one. */
  readonly next?: string;
}
