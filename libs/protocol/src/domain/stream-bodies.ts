import { type Envelope } from '../intents/envelope';
import { type RecordKey } from './record';
import { type SettlementMode } from './settlement';

export interface StreamOpening extends RecordKey {
  readonly stream_ref: string;
  readonly currency: string;
  readonly mode: SettlementMode;
  /** Unix seconds. */
  readonly starts_at: number;
  readonly window_s: number;
}

export interface WindowBody {
  readonly stream_id: string;
  readonly window: number;
  /** Minor units, `0` for a window in which nothing was owed. */
  readonly amount: string;
  /** Units used, decimal. */
  readonly usage?: string;
  readonly lineage_hint?: readonly RecordKey[];
  /** As in a settlement: what the record's policy may ask for. */
  readonly reports?: readonly Envelope[];
}
