/**
 * The verdicts of a verifier, in the order in which they are looked for (docs/specification/provenance.md). VALID is the
 * absence of all others. Where the ledger refuses for the same reason, its code is the same word.
 */
export const VERIFICATION_STATUSES = [
  'VALID',
  'UNSUPPORTED_SCHEMA_VERSION',
  'NOT_FOUND',
  'MODEL_UNKNOWN',
  'SCHEME_UNKNOWN',
  'SCHEME_MISMATCH',
  'SCHEME_MODEL_MISMATCH',
  'INVALID_SIG',
  'PARENT_INVALID',
  'PARENT_NOT_FOUND',
  'DETECTION_FAILED',
  'INCONCLUSIVE',
  'TAMPER_SUSPECT',
] as const;
export type VerificationStatus = (typeof VERIFICATION_STATUSES)[number];
