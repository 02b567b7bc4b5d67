import { type LedgerTime } from './common';

/**
 * Reasons of RFC 5280 §5.3.1 that a CA admin may give. Unspecified is said by giving none; removeFromCRL is what a delta
 * says of a hold that was lifted, never a reason to revoke.
 */
export const CERTIFICATE_REASONS = [
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
] as const;
export type CertificateReason = (typeof CERTIFICATE_REASONS)[number];

/** held: on hold, and may be lifted. released: was on hold and is good again. revoked: for good. */
export const CERTIFICATE_STATES = ['held', 'released', 'revoked'] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

/** Names one certificate as its CA does. */
export interface CertificateKey {
  /** authorityKeyIdentifier of the certificate, lower-case hex. */
  readonly aki: string;
  /** Serial number, lower-case hex in whole bytes without leading zero bytes. */
  readonly serial: string;
}

/** What the ledger says of one X.509 certificate. Nothing here says whose it is. */
export interface CertificateRevocation extends CertificateKey {
  /**
   * The organisation that said it. It counts for certificates of that organisation's own CAs only; under another
   * organisation's key identifier it means nothing.
   */
  readonly msp_id: string;
  readonly state: CertificateState;
  /** Absent: unspecified. `certificateHold` while held, and after a release. */
  readonly reason?: CertificateReason;
  /** When it was held or revoked. A hold that became final keeps its date: the certificate was never good in between. */
  readonly revoked: LedgerTime;
  /** Unix seconds from which the key is believed to have been misused. */
  readonly invalidity_date?: number;
  /** notAfter of the certificate, Unix seconds: some time after it the entry leaves CRLs. Without it the entry stays. */
  readonly expires_at?: number;
  /** Reference to the organisation's own records. */
  readonly ticket?: string;
  /** How many acts changed it. */
  readonly version: number;
  readonly updated: LedgerTime;
}
