/**
 * Why something was not accepted. The code is stable; the message is for people.
 *
 * WIRE_*: bytes that are not the protobuf message they should be. BLOCK_*, CONFIG_*, TX_*, PROPOSAL_*: well-formed
 * bytes that contradict themselves or the chain. SIGNATURE_*, SIGNER_*, POLICY_*: who signed. COMMIT_HASH_*: the peer's
 * chained hash of validity flags and writes. UPDATE_*, CRL_*: an update of an organization's revocation list in the channel's
 * configuration that is not to be made. RECEIPT_*: what an offline receipt says and does not prove
 * (docs/specification/receipts.md tells each).
 */
export type ProofCode =
  | 'WIRE_TRUNCATED'
  | 'WIRE_VARINT'
  | 'WIRE_TAG'
  | 'WIRE_TYPE'
  | 'WIRE_RANGE'
  | 'WIRE_UTF8'
  | 'WIRE_LIMIT'
  | 'WIRE_UNKNOWN_FIELD'
  | 'WIRE_REPEATED_FIELD'
  | 'DER_MALFORMED'
  | 'BLOCK_MALFORMED'
  | 'BLOCK_NUMBER'
  | 'BLOCK_PREVIOUS_HASH'
  | 'BLOCK_DATA_HASH'
  | 'BLOCK_LAST_CONFIG'
  | 'BLOCK_QUORUM'
  | 'BLOCK_FLAGS'
  | 'GENESIS_MISMATCH'
  | 'CONFIG_MALFORMED'
  | 'CONFIG_SEQUENCE'
  | 'POLICY_UNSUPPORTED'
  | 'POLICY_NOT_SATISFIED'
  | 'TX_MALFORMED'
  | 'TX_ID_MISMATCH'
  | 'TX_PROPOSAL_HASH'
  | 'TX_ENDORSEMENT'
  | 'PROPOSAL_MISMATCH'
  | 'SIGNATURE_INVALID'
  | 'SIGNER_UNTRUSTED'
  | 'SIGNER_REVOKED'
  | 'SIGNER_REPEATED'
  | 'RECEIPT_MALFORMED'
  | 'RECEIPT_NOT_CANONICAL'
  | 'RECEIPT_TOO_LARGE'
  | 'RECEIPT_CONFIGURATION_MISSING'
  | 'RECEIPT_CONFIGURATION_SKIPPED'
  | 'RECEIPT_CONFIGURATION_OLD'
  | 'RECEIPT_CHANNEL'
  | 'RECEIPT_QUESTION'
  | 'RECEIPT_ANSWER'
  | 'RECEIPT_ENDORSEMENT'
  | 'RECEIPT_BLOCK_SIGNATURE'
  | 'RECEIPT_POLICY'
  | 'RECEIPT_TRANSACTION'
  | 'RECEIPT_VALUE'
  | 'RECEIPT_DEFINITION'
  | 'RECEIPT_DISAGREEMENT'
  | 'COMMIT_HASH_MISMATCH'
  | 'COMMIT_HASH_UNSUPPORTED'
  | 'UPDATE_STALE'
  | 'UPDATE_TOO_BROAD'
  | 'UPDATE_INCOMPLETE'
  | 'UPDATE_WITHOUT_EFFECT'
  | 'UPDATE_TOO_LARGE'
  | 'SIGNER_NOT_ADMINISTRATOR'
  | 'CRL_MALFORMED'
  | 'CRL_AKI_MISSING'
  | 'CRL_ISSUER_UNKNOWN'
  | 'CRL_NOT_FULL'
  | 'CRL_SIGNATURE_INVALID'
  | 'CRL_UNRELIABLE'
  | 'CRL_NUMBER_NOT_GREATER'
  | 'CRL_AMBIGUOUS'
  | 'CRL_WITHDRAWN'
  | 'CRL_LOCKS_OUT'
  | 'CRL_TOO_LARGE';

/** Every refusal of this library. `details` names what differs, in plain values. */
export class ProofError extends Error {
  readonly code: ProofCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: ProofCode, message: string, details: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.name = 'ProofError';
    this.code = code;
    this.details = details;
  }
}
