import { type Block } from '../block';
import { type Endorsement } from '../transaction';

/** What a receipt is about; the number is how the file names it. */
export const RECEIPT_KINDS = { attested: 1, block: 2, state: 3, prefix: 4 } as const;
export type ReceiptKind = keyof typeof RECEIPT_KINDS;

/** Peers' signed answer to a question put to a chaincode. Byte strings are as the peers signed or hashed them. */
export interface EndorsedAnswer {
  readonly channelHeader: Uint8Array;
  readonly signatureHeader: Uint8Array;
  /** ChaincodeProposalPayload without transient data. */
  readonly proposalPayload: Uint8Array;
  /** ProposalResponsePayload: what each endorser signed, before its own identity. */
  readonly responsePayload: Uint8Array;
  readonly endorsements: readonly Endorsement[];
}

/** A receipt as its file holds it; nothing of it is verified. docs/specification/receipts.md has the format to the byte. */
export interface Receipt {
  readonly kind: ReceiptKind;
  /** The policy the receipt states: so many distinct operators … */
  readonly required: number;
  /** … of so many vouch for it. */
  readonly operators: number;
  readonly answers: readonly EndorsedAnswer[];
  /** A block receipt's block, then the blocks that define the chaincode's endorsement policy. */
  readonly blocks: readonly Block[];
  /** Index of the transaction in a block receipt's block. */
  readonly txIndex: number;
  /** The genesis block and every configuration block after it, in order; none in a core, which needs a walk held elsewhere. */
  readonly configurations: readonly Block[];
}
