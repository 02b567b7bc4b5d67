/** What a payout needs of a withdrawal on the ledger. */
export interface PayableWithdrawal {
  /** Hex, 64 characters. */
  readonly withdrawal_id: string;
  /** Id of the actor who is paid. Hex, 64 characters. */
  readonly beneficiary: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Minor units, a decimal string. */
  readonly amount: string;
  /** What `instructionCommitment` gives for the beneficiary's payout instruction. */
  readonly instruction_commitment: string;
  readonly status: 'requested' | 'sent' | 'paid' | 'returned';
}
