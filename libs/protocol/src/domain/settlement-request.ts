import { type Envelope } from '../intents/envelope';
import { type RecordKey } from './record';
import { type SettlementMode, type SuspenseReason } from './settlement';

/** What a payer asks to settle (P-123). */
export interface SettlementRequest extends RecordKey {
  /** Minor units, decimal. */
  readonly amount: string;
  readonly currency: string;
  readonly settlement_ref: string;
  readonly mode: SettlementMode;
  /** The ancestors as the payer's gateway knows them: fetched ahead in one round trip, believed in nothing. */
  readonly lineage_hint?: readonly RecordKey[];
  /** The record's scheme, likewise. */
  readonly scheme_hint?: string;
  /**
   * Most that all ancestors together may claim, basis points: whoever sells can bound what a policy changed at the last
   * moment takes.
   */
  readonly max_claims_bps?: number;
  readonly verification_ref?: string;
  /** DSSE envelopes with in-toto statements of registered verifiers. */
  readonly reports?: readonly Envelope[];
  /** Salted commitment of whatever the payer wants to find again. */
  readonly payee_context?: string;
}

export interface SuspenseRelease {
  readonly settlement_id: string;
  readonly layer: number;
  readonly reason: SuspenseReason;
  /** For `payee-unknown`, by the rights owner: who each unknown payee is. */
  readonly assignments?: readonly { readonly beneficiary: string; readonly to: string }[];
}
