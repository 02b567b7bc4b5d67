import { type LedgerTime } from './common';
import { type SettlementMode } from './settlement';

/** A subscription or a metered use that settles in fixed windows (P-132). */
export interface Stream {
  readonly stream_id: string;
  readonly payer: string;
  /** Unique for the payer. */
  readonly stream_ref: string;
  readonly model_ref: string;
  readonly content_hash: string;
  readonly currency: string;
  readonly mode: SettlementMode;
  /** Unix seconds: window n covers [starts_at + n·window_s, starts_at + (n+1)·window_s). */
  readonly starts_at: number;
  readonly window_s: number;
  readonly status: 'open' | 'closed';
  /** The window to be settled next, from 0. */
  readonly next_window: number;
  /** Of all windows so far. */
  readonly total: string;
  readonly opened: LedgerTime;
  readonly closed?: LedgerTime;
}

/** One settled window, with the running total up to and including it. */
export interface StreamWindow {
  readonly stream_id: string;
  readonly window: number;
  readonly amount: string;
  readonly cumulative: string;
  /** Units used, where the payer meters. */
  readonly usage?: string;
  /** Absent for a window without any amount. */
  readonly settlement_id?: string;
  readonly settled: LedgerTime;
}
