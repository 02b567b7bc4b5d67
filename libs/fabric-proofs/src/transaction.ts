import { equalBytes, sha256 } from './digests';
import { ProofError } from './errors';
import { type Identity, certificateKey, parseIdentity, verifySignature } from './identities';
import {
  type ChannelHeader,
  checkTransactionId,
  creatorOf,
  type Invocation,
  parseChaincodeName,
  parseChannelHeader,
  parseInvocation,
  parseProposalPayload,
  parseSignatureHeader,
  parseTwoBytes,
  type SignatureHeader,
} from './proposal';
import { type NamespaceRwSet, parseRwSet } from './rwset';
import { TYPE_ENDORSER_TRANSACTION } from './validation-codes';
import { LEN, orEmpty, REPEATED, shape, type Strictness, VARINT, WireReader } from './wire-reader';

/** An envelope down to its headers: what every transaction of a block has, whatever its type. */
export interface Envelope {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly channelHeaderBytes: Uint8Array;
  readonly signatureHeaderBytes: Uint8Array;
  readonly channelHeader: ChannelHeader;
  readonly signatureHeader: SignatureHeader;
  readonly data: Uint8Array;
}

/** A peer's endorsement of a proposal response. */
export interface Endorsement {
  /** Serialized identity as received: part of what is signed. */
  readonly endorserBytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** What the endorsers agreed on. */
export interface ChaincodeAction {
  readonly chaincode: string;
  readonly status: number;
  readonly message: string;
  readonly responsePayload: Uint8Array;
  readonly event: Uint8Array;
  /** rwset.TxReadWriteSet bytes. */
  readonly results: Uint8Array;
}

/** A chaincode transaction in full. */
export interface EndorserTransaction {
  readonly envelope: Envelope;
  readonly creator: Identity;
  readonly invocation: Invocation;
  /** ProposalResponsePayload bytes: what each endorser signed, before its own identity. */
  readonly proposalResponsePayload: Uint8Array;
  readonly proposalHash: Uint8Array;
  readonly endorsements: readonly Endorsement[];
  readonly action: ChaincodeAction;
  readonly rwSets: readonly NamespaceRwSet[];
}

const PAYLOAD = shape({ 1: LEN, 2: LEN });
const TRANSACTION = shape({ 1: LEN | REPEATED });
const ACTION_PAYLOAD = shape({ 1: LEN, 2: LEN });
const ENDORSED_ACTION = shape({ 1: LEN, 2: LEN | REPEATED });
const CHAINCODE_ACTION = shape({ 1: LEN, 2: LEN, 3: LEN, 4: LEN });
const RESPONSE = shape({ 1: VARINT, 2: LEN, 3: LEN });

function parsePayload(payload: Uint8Array, strictness: Strictness): { header: Uint8Array; data: Uint8Array } {
  const reader = new WireReader(payload, 'Payload', strictness);
  let header: Uint8Array | undefined;
  let data: Uint8Array | undefined;
  while (reader.next(PAYLOAD)) {
    if (reader.field === 1) header = reader.message(header);
    else data = reader.bytes();
  }
  return { header: orEmpty(header), data: orEmpty(data) };
}

/** Reads common.Envelope { 1 payload, 2 signature } and its headers. @throws ProofError WIRE_* */
export function parseEnvelope(bytes: Uint8Array, strictness: Strictness = 'ledger'): Envelope {
  const [payload, signature] = parseTwoBytes(bytes, 'Envelope', strictness);
  const { header, data } = parsePayload(payload, strictness);
  const [channelHeaderBytes, signatureHeaderBytes] = parseTwoBytes(header, 'Header', strictness);
  return {
    payload,
    signature,
    channelHeaderBytes,
    signatureHeaderBytes,
    channelHeader: parseChannelHeader(channelHeaderBytes, strictness),
    signatureHeader: parseSignatureHeader(signatureHeaderBytes, strictness),
    data,
  };
}

function onlyAction(data: Uint8Array, strictness: Strictness): Uint8Array {
  const reader = new WireReader(data, 'Transaction', strictness);
  const actions: Uint8Array[] = [];
  while (reader.next(TRANSACTION)) actions.push(reader.bytes());
  const [action] = actions;
  if (actions.length !== 1 || action === undefined) {
    throw new ProofError(
      'TX_MALFORMED',
      `a transaction has exactly one action, this one has ${actions.length}`,
    );
  }
  return action;
}

/** What a chaincode transaction's one action holds, unread. */
export interface EndorsedAction {
  readonly proposalPayload: Uint8Array;
  readonly proposalResponsePayload: Uint8Array;
  readonly endorsements: Endorsement[];
}

function parseEndorsedAction(bytes: Uint8Array, strictness: Strictness): EndorsedAction {
  const outer = new WireReader(bytes, 'ChaincodeActionPayload', strictness);
  let proposalPayload: Uint8Array | undefined;
  let action: Uint8Array | undefined;
  while (outer.next(ACTION_PAYLOAD)) {
    if (outer.field === 1) proposalPayload = outer.bytes();
    else action = outer.message(action);
  }
  const reader = new WireReader(orEmpty(action), 'ChaincodeEndorsedAction', strictness);
  let proposalResponsePayload: Uint8Array | undefined;
  const endorsements: Endorsement[] = [];
  while (reader.next(ENDORSED_ACTION)) {
    if (reader.field === 1) proposalResponsePayload = reader.bytes();
    else {
      const [endorserBytes, signature] = parseTwoBytes(reader.bytes(), 'Endorsement', strictness);
      endorsements.push({ endorserBytes, signature });
    }
  }
  return {
    proposalPayload: orEmpty(proposalPayload),
    proposalResponsePayload: orEmpty(proposalResponsePayload),
    endorsements,
  };
}

/** The endorsed action of a transaction's data. @throws ProofError WIRE_*, TX_MALFORMED */
export function onlyActionOf(data: Uint8Array, strictness: Strictness): EndorsedAction {
  const [, payload] = parseTwoBytes(onlyAction(data, strictness), 'TransactionAction', strictness);
  return parseEndorsedAction(payload, strictness);
}

function parseResponse(
  bytes: Uint8Array,
  strictness: Strictness,
): { status: number; message: string; payload: Uint8Array } {
  const reader = new WireReader(bytes, 'Response', strictness);
  let status = 0;
  let message = '';
  let payload: Uint8Array | undefined;
  while (reader.next(RESPONSE)) {
    if (reader.field === 1) status = reader.int32();
    else if (reader.field === 2) message = reader.text();
    else payload = reader.bytes();
  }
  return { status, message, payload: orEmpty(payload) };
}

/** Reads peer.ChaincodeAction { 1 results, 2 events, 3 Response, 4 ChaincodeID }. @throws ProofError WIRE_* */
export function parseChaincodeAction(bytes: Uint8Array, strictness: Strictness): ChaincodeAction {
  const reader = new WireReader(bytes, 'ChaincodeAction', strictness);
  const parts: (Uint8Array | undefined)[] = [];
  while (reader.next(CHAINCODE_ACTION)) {
    parts[reader.field] = reader.field < 3 ? reader.bytes() : reader.message(parts[reader.field]);
  }
  const response = parseResponse(orEmpty(parts[3]), strictness);
  return {
    chaincode: parseChaincodeName(orEmpty(parts[4]), strictness),
    status: response.status,
    message: response.message,
    responsePayload: response.payload,
    event: orEmpty(parts[2]),
    results: orEmpty(parts[1]),
  };
}

/**
 * Reads an endorser transaction as Fabric's committer does.
 *
 * @param envelope of type ENDORSER_TRANSACTION
 * @throws ProofError WIRE_*, TX_MALFORMED
 */
export function parseEndorserTransaction(
  envelope: Envelope,
  strictness: Strictness = 'ledger',
): EndorserTransaction {
  if (envelope.channelHeader.type !== TYPE_ENDORSER_TRANSACTION) {
    throw new ProofError(
      'TX_MALFORMED',
      `header type ${envelope.channelHeader.type} is not a chaincode transaction`,
    );
  }
  const [actionHeader, actionPayload] = parseTwoBytes(
    onlyAction(envelope.data, strictness),
    'TransactionAction',
    strictness,
  );
  // Fabric's committer does not compare the two, so only a person's own signature is made to depend on it.
  if (strictness !== 'ledger' && !equalBytes(actionHeader, envelope.signatureHeaderBytes)) {
    throw new ProofError('TX_MALFORMED', "the action's header is not the transaction's signature header");
  }
  const endorsed = parseEndorsedAction(actionPayload, strictness);
  const [proposalHash, extension] = parseTwoBytes(
    endorsed.proposalResponsePayload,
    'ProposalResponsePayload',
    strictness,
  );
  const action = parseChaincodeAction(extension, strictness);
  const payload = parseProposalPayload(endorsed.proposalPayload, strictness);
  const expectedHash = sha256(
    envelope.channelHeaderBytes,
    envelope.signatureHeaderBytes,
    endorsed.proposalPayload,
  );
  if (!equalBytes(proposalHash, expectedHash)) {
    throw new ProofError('TX_PROPOSAL_HASH', 'the endorsers signed the answer to another proposal');
  }
  return {
    envelope,
    creator: creatorOf(envelope.signatureHeader, strictness),
    invocation: parseInvocation(payload.input, strictness),
    proposalResponsePayload: endorsed.proposalResponsePayload,
    proposalHash,
    endorsements: endorsed.endorsements,
    action,
    rwSets: parseRwSet(action.results),
  };
}

/** An endorsement signs proposal response payload || endorser. */
export function verifyEndorsement(proposalResponsePayload: Uint8Array, endorsement: Endorsement): Identity {
  const identity = parseIdentity(endorsement.endorserBytes, 'proof');
  const message = Buffer.concat([proposalResponsePayload, endorsement.endorserBytes]);
  if (!verifySignature(certificateKey(identity.certificate), message, endorsement.signature)) {
    throw new ProofError('TX_ENDORSEMENT', `the endorsement of a peer of ${identity.mspId} does not verify`, {
      msp_id: identity.mspId,
    });
  }
  return identity;
}

/**
 * Everything a transaction proves by itself: its id follows from nonce and creator, its creator signed it, each
 * endorsement verifies. Whether the certificates are trusted and the endorsement policy holds needs the configuration.
 *
 * @returns the endorsers' identities
 * @throws ProofError TX_ID_MISMATCH, SIGNATURE_INVALID, TX_ENDORSEMENT
 */
export function verifyTransactionSignatures(transaction: EndorserTransaction): Identity[] {
  const { envelope, creator, endorsements, proposalResponsePayload } = transaction;
  checkTransactionId(envelope.channelHeader.txId, envelope.signatureHeader);
  if (!verifySignature(certificateKey(creator.certificate), envelope.payload, envelope.signature)) {
    throw new ProofError(
      'SIGNATURE_INVALID',
      `the transaction is not signed by its creator (${creator.mspId})`,
    );
  }
  return endorsements.map((endorsement) => verifyEndorsement(proposalResponsePayload, endorsement));
}
