/** Reasons of RFC 5280 §5.3.1 that a full CRL may carry. Unspecified (0) is expressed by leaving the extension out. */
export const CRL_REASONS = {
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

export type CrlReason = keyof typeof CRL_REASONS;

/** What an entry may say, in a full CRL or a delta. */
export type EntryReason = CrlReason | 'removeFromCRL';

/** Only in delta CRLs: the entry has left the list. */
export const REMOVE_FROM_CRL = 8;

const NAMES = new Map<number, CrlReason>(
  (Object.keys(CRL_REASONS) as CrlReason[]).map((name) => [CRL_REASONS[name], name]),
);

export function reasonName(code: number): CrlReason | undefined {
  return NAMES.get(code);
}
