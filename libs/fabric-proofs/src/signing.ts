import { equalBytes, sha256 } from './digests';
import { ProofError } from './errors';
import { type Identity } from './identities';
import {
  checkTransactionId,
  creatorOf,
  parseChannelHeader,
  parseHeaderExtension,
  parseInvocation,
  parseProposalPayload,
  parseSignatureHeader,
  parseTwoBytes,
  type ProposalPayload,
} from './proposal';
import { type NamespaceRwSet } from './rwset';
import { parseEndorserTransaction, parseEnvelope, verifyEndorsement } from './transaction';
import { TYPE_ENDORSER_TRANSACTION } from './validation-codes';
import { bytesField } from './wire-writer';
import { LEN, orEmpty, REPEATED, shape, WireReader } from './wire-reader';

/**
 * Offline signing: a gateway builds the bytes, the person's own client signs them. The gateway is not trusted, so the
 * client decodes what it is asked to sign, shows it, and compares it with what was meant. Everything here reads in the
 * strictness `signing`: a byte that would not be shown is refused.
 */

/** What both stages of a transaction say. */
interface Decoded {
  /** Hex; follows from creator and nonce (checked). */
  readonly txId: string;
  readonly channelId: string;
  readonly chaincode: string;
  /** 'contract:Function' */
  readonly function: string;
  /** Arguments after the function name. */
  readonly args: readonly Uint8Array[];
  readonly creator: Identity;
  readonly nonce: Uint8Array;
  /** Unix seconds; null when absent. */
  readonly timestamp: number | null;
  /** SHA-256 that ties the endorsers' answer to this proposal. */
  readonly proposalHash: Uint8Array;
  /** What is to be signed: SHA-256 of the proposal's, or of the envelope's payload, bytes (ECDSA P-256, DER, low s). */
  readonly digest: Uint8Array;
}

/** A proposal before endorsement. */
export interface DecodedProposal extends Decoded {
  /** Names of transient fields: data the endorsers get and the ledger does not. */
  readonly transientKeys: readonly string[];
  readonly endorsingOrganizations: readonly string[];
}

/** A transaction after endorsement, before it is ordered. */
export interface DecodedTransaction extends Decoded {
  /** Endorsers whose signatures verify; whether their certificates are trusted is not checked here. */
  readonly endorsers: readonly Identity[];
  /** Chaincode's answer. */
  readonly status: number;
  readonly result: Uint8Array;
  /** What will be written. */
  readonly rwSets: readonly NamespaceRwSet[];
}

const PROPOSED_TRANSACTION = shape({ 1: LEN, 2: LEN, 3: LEN | REPEATED });
const PREPARED_TRANSACTION = shape({ 1: LEN, 2: LEN });

function refuse(what: string): never {
  throw new ProofError('PROPOSAL_MISMATCH', `do not sign: ${what}`);
}

interface Proposed {
  readonly txId: string;
  readonly signedProposal: Uint8Array;
  readonly organizations: string[];
}

function parseProposedTransaction(bytes: Uint8Array): Proposed {
  const reader = new WireReader(bytes, 'ProposedTransaction', 'signing');
  let txId = '';
  let signedProposal: Uint8Array | undefined;
  const organizations: string[] = [];
  while (reader.next(PROPOSED_TRANSACTION)) {
    if (reader.field === 1) txId = reader.text();
    else if (reader.field === 2) signedProposal = reader.bytes();
    else organizations.push(reader.text());
  }
  return { txId, signedProposal: orEmpty(signedProposal), organizations };
}

/** What the ledger keeps of a proposal payload: the same without its transient fields. */
function withoutTransient(payload: ProposalPayload): Uint8Array {
  return Buffer.concat(bytesField(1, payload.input));
}

/**
 * Decodes the bytes of fabric-gateway's `Proposal.getBytes()` (gateway.ProposedTransaction).
 *
 * @returns what a signature over `digest` would ask the endorsers for; `digest` equals `Proposal.getDigest()`
 * @throws ProofError WIRE_*, TX_ID_MISMATCH, PROPOSAL_MISMATCH when the bytes say two things or something unforeseen
 */
export function decodeProposal(bytes: Uint8Array): DecodedProposal {
  const proposed = parseProposedTransaction(bytes);
  const [proposalBytes] = parseTwoBytes(proposed.signedProposal, 'SignedProposal', 'signing');
  const [headerBytes, payloadBytes] = parseTwoBytes(proposalBytes, 'Proposal', 'signing');
  const [channelHeaderBytes, signatureHeaderBytes] = parseTwoBytes(headerBytes, 'Header', 'signing');
  const channelHeader = parseChannelHeader(channelHeaderBytes, 'signing');
  const signatureHeader = parseSignatureHeader(signatureHeaderBytes, 'signing');
  checkTransactionId(channelHeader.txId, signatureHeader);
  if (proposed.txId !== channelHeader.txId) refuse('the proposal is labelled with another transaction id');
  if (channelHeader.type !== TYPE_ENDORSER_TRANSACTION)
    refuse(`header type ${channelHeader.type} is not a chaincode call`);
  const payload = parseProposalPayload(payloadBytes, 'signing');
  const invocation = parseInvocation(payload.input, 'signing');
  checkInvocation(invocation, channelHeader.extension);
  return {
    txId: channelHeader.txId,
    channelId: channelHeader.channelId,
    chaincode: invocation.chaincode,
    function: invocation.function,
    args: invocation.args,
    creator: creatorOf(signatureHeader, 'signing'),
    nonce: signatureHeader.nonce,
    timestamp: channelHeader.timestamp,
    proposalHash: sha256(channelHeaderBytes, signatureHeaderBytes, withoutTransient(payload)),
    digest: sha256(proposalBytes),
    transientKeys: payload.transientKeys,
    endorsingOrganizations: proposed.organizations,
  };
}

function checkInvocation(
  invocation: { chaincode: string; isInit: boolean; decorations: readonly string[] },
  extension: Uint8Array,
): void {
  const named = parseHeaderExtension(extension, 'signing');
  if (named !== invocation.chaincode)
    refuse(`the header names chaincode '${named}', the call '${invocation.chaincode}'`);
  if (invocation.isInit) refuse('the call is a chaincode initialization');
  if (invocation.decorations.length > 0) refuse('the call carries decorations');
}

/**
 * Decodes the bytes of fabric-gateway's `Transaction.getBytes()` (gateway.PreparedTransaction) and checks that the
 * endorsers answered the proposal inside it and that their signatures verify.
 *
 * @param proposal what was signed before; the transaction must be its continuation
 * @returns what a signature over `digest` would commit to; `digest` equals `Transaction.getDigest()`
 * @throws ProofError WIRE_*, TX_*, PROPOSAL_MISMATCH
 */
export function decodePreparedTransaction(bytes: Uint8Array, proposal?: DecodedProposal): DecodedTransaction {
  const reader = new WireReader(bytes, 'PreparedTransaction', 'signing');
  let label = '';
  let envelopeBytes: Uint8Array | undefined;
  while (reader.next(PREPARED_TRANSACTION)) {
    if (reader.field === 1) label = reader.text();
    else envelopeBytes = reader.bytes();
  }
  const envelope = parseEnvelope(orEmpty(envelopeBytes), 'signing');
  const { channelHeader, signatureHeader } = envelope;
  checkTransactionId(channelHeader.txId, signatureHeader);
  if (label !== channelHeader.txId) refuse('the transaction is labelled with another transaction id');
  const transaction = parseEndorserTransaction(envelope, 'signing');
  checkInvocation(transaction.invocation, channelHeader.extension);
  if (transaction.action.chaincode !== transaction.invocation.chaincode) {
    refuse(`chaincode '${transaction.action.chaincode}' answered, not '${transaction.invocation.chaincode}'`);
  }
  const decoded: DecodedTransaction = {
    txId: channelHeader.txId,
    channelId: channelHeader.channelId,
    chaincode: transaction.invocation.chaincode,
    function: transaction.invocation.function,
    args: transaction.invocation.args,
    creator: transaction.creator,
    nonce: signatureHeader.nonce,
    timestamp: channelHeader.timestamp,
    proposalHash: transaction.proposalHash,
    digest: sha256(envelope.payload),
    endorsers: transaction.endorsements.map((one) =>
      verifyEndorsement(transaction.proposalResponsePayload, one),
    ),
    status: transaction.action.status,
    result: transaction.action.responsePayload,
    rwSets: transaction.rwSets,
  };
  if (proposal !== undefined) checkContinues(proposal, decoded);
  return decoded;
}

/** The proposal hash covers headers, function and arguments: equal hashes mean the same call. */
function checkContinues(proposal: DecodedProposal, transaction: DecodedTransaction): void {
  if (proposal.txId !== transaction.txId || !equalBytes(proposal.proposalHash, transaction.proposalHash)) {
    refuse('the transaction answers another proposal than the one signed before');
  }
}
