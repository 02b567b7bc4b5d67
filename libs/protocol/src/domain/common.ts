/** Where on the ledger something happened. `at` is the transaction's own time (Unix seconds): shown, never ordered by. */
export interface LedgerTime {
  readonly tx_id: string;
  readonly at: number;
}

/** An amount in minor units as a decimal string, and its ISO 4217 currency. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export const LICENSE_ACTIONS = ['execute', 'resell', 'adapt', 'redistribute'] as const;
/** What a right may permit. */
export type LicenseAction = (typeof LICENSE_ACTIONS)[number];

export const PURPOSES = ['research', 'deployment'] as const;
export type Purpose = (typeof PURPOSES)[number];

export const RISK_CLASSES = ['low', 'medium', 'high', 'critical'] as const;
/** From harmless to most dangerous; the order decides which of two classes is stricter. */
export type RiskClass = (typeof RISK_CLASSES)[number];

/** Upper bounds of use. Absent means unbounded. */
export interface UsageLimits {
  readonly max_executions?: number;
  readonly max_devices?: number;
  /** Seconds from the start of the right. */
  readonly duration_s?: number;
}

/** Who acted: an actor by its id, or an organisation's identity by MSP and role. */
export type Author = { readonly actor: string } | { readonly msp_id: string; readonly role: string };
