import { type CrlCode } from './crl-rules';

/** Codes of a verdict on a certificate; stable. */
export type RevocationCode =
  | 'OK'
  | 'REVOKED'
  | 'HELD'
  | 'ISSUER_REVOKED'
  | 'ISSUER_HELD'
  | 'ISSUER_UNKNOWN'
  | 'ISSUER_EXPIRED'
  | 'ISSUER_CHAIN_TOO_LONG'
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_ISSUER_MISMATCH'
  | 'CERTIFICATE_SIGNATURE_INVALID'
  | 'CRL_MISSING'
  | 'CRL_SCOPE_MISMATCH'
  | 'CRL_REASONS_INCOMPLETE'
  | 'CRL_BASE_MISSING'
  | 'CRL_DELTA_MISMATCH'
  | CrlCode;

export type RevocationStatus = 'good' | 'revoked' | 'held' | 'unknown' | 'invalid';

/**
 * `good`: every list that could speak of the certificate is here, current, and does not. `revoked`, `held`: a list says so.
 * `unknown`: nothing that was given speaks about it. `invalid`: what was given is not to be relied on.
 */
export interface RevocationVerdict {
  readonly status: RevocationStatus;
  readonly code: RevocationCode;
  /** A sentence for people; never empty. */
  readonly reason: string;
}

export function verdict(status: RevocationStatus, code: RevocationCode, reason: string): RevocationVerdict {
  return { status, code, reason };
}
