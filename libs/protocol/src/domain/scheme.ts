import { type LedgerTime } from './common';

export const SCHEME_STATUSES = ['active', 'deprecated', 'revoked'] as const;
export type SchemeStatus = (typeof SCHEME_STATUSES)[number];

/** A published watermark scheme. Its parameter document stays outside; its commitment never changes (P-29, P-35). */
export interface Scheme {
  /** The 32 bytes of its reference of type 0, hex. */
  readonly scheme_ref: string;
  readonly model_ref: string;
  readonly scheme_id: string;
  readonly params_uri: string;
  /** Bytes of the document in canonical form. */
  readonly params_size: number;
  readonly scheme_commitment: string;
  /** By which an installed detector is found. */
  readonly detector: { readonly name: string; readonly version: string };
  readonly status: SchemeStatus;
  readonly version: number;
  readonly registered: LedgerTime;
  readonly updated: LedgerTime;
}
