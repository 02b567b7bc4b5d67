import { type ChannelConfig } from '../channel-config';
import { hex, sha256 } from '../digests';
import { ProofError } from '../errors';
import {
  type EndorserTransaction,
  type Envelope,
  parseEndorserTransaction,
  parseEnvelope,
} from '../transaction';
import { transactionId } from '../proposal';
import { TYPE_ENDORSER_TRANSACTION, VALID, validationCodeName } from '../validation-codes';
import { LEN, orEmpty, shape, VARINT, WireReader } from '../wire-reader';
import { argumentsOf, verifyAnswer } from './endorsed-answer';
import { type EndorsedAnswer } from './receipt';

/** The ledger's chaincode for questions about blocks and transactions, part of every peer. */
export const LEDGER_QUESTIONS = 'qscc';
export const TRANSACTION_BY_ID = 'GetTransactionByID';

/** A transaction and its verdict as operators signed them. */
export interface AttestedTransaction {
  readonly txId: string;
  /** Fabric's validation code; 0 is VALID. */
  readonly code: number;
  readonly codeName: string;
  /** common.Envelope as it is on the ledger. */
  readonly envelopeBytes: Uint8Array;
  readonly envelope: Envelope;
  /** null when the envelope is not a readable chaincode transaction, which an invalid one may be. */
  readonly transaction: EndorserTransaction | null;
  readonly askedAt: number | null;
  readonly signers: readonly string[];
}

const PROCESSED = shape({ 1: LEN, 2: VARINT });

/**
 * ProcessedTransaction { 1 envelope, 2 validationCode }. VALID is 0 and so is absent: nothing unknown, mistyped or repeated may
 * stand in its place, or an invalid transaction could be shown as valid.
 */
function readProcessed(bytes: Uint8Array): { envelope: Uint8Array; code: number } {
  const reader = new WireReader(bytes, 'ProcessedTransaction', 'signing');
  let envelope: Uint8Array | undefined;
  let code = VALID;
  while (reader.next(PROCESSED)) {
    if (reader.field === 1) envelope = reader.bytes();
    else code = reader.int32();
  }
  return { envelope: orEmpty(envelope), code };
}

function readTransaction(envelope: Envelope): EndorserTransaction | null {
  if (envelope.channelHeader.type !== TYPE_ENDORSER_TRANSACTION) return null;
  try {
    return parseEndorserTransaction(envelope);
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}

function refuse(what: string): never {
  throw new ProofError('RECEIPT_TRANSACTION', what);
}

/**
 * Verifies an answer to qscc GetTransactionByID [channel, transaction id].
 * @throws ProofError as `verifyAnswer`, and RECEIPT_TRANSACTION when the transaction inside is not the one asked for
 */
export function verifyAttestation(
  answer: EndorsedAnswer,
  config: ChannelConfig,
  channel: string,
): AttestedTransaction {
  const verified = verifyAnswer(answer, config, channel);
  const [asked, txId] = argumentsOf(verified, LEDGER_QUESTIONS, TRANSACTION_BY_ID, 2);
  if (asked !== channel)
    throw new ProofError('RECEIPT_CHANNEL', `the question is about channel ${asked ?? ''}`);
  const { envelope: envelopeBytes, code } = readProcessed(verified.result);
  const envelope = parseEnvelope(envelopeBytes);
  const { channelHeader, signatureHeader } = envelope;
  if (channelHeader.txId !== txId)
    refuse(`the answer holds transaction ${channelHeader.txId}, asked was ${txId ?? ''}`);
  if (channelHeader.channelId !== channel) refuse(`the transaction is of channel ${channelHeader.channelId}`);
  if (code === VALID && transactionId(signatureHeader) !== txId)
    refuse('the transaction’s id does not follow from its nonce and creator');
  return {
    txId,
    code,
    codeName: validationCodeName(code),
    envelopeBytes,
    envelope,
    transaction: readTransaction(envelope),
    askedAt: verified.askedAt,
    signers: verified.signers,
  };
}

/** A write of a transaction, for people: the value by its digest. */
export interface WriteStatement {
  readonly namespace: string;
  readonly key: string;
  readonly is_delete: boolean;
  readonly value_sha256: string;
}

/** What a transaction writes in public state. */
export function writesOf(transaction: EndorserTransaction): WriteStatement[] {
  return transaction.rwSets.flatMap(({ namespace, writes }) =>
    writes.map(({ key, isDelete, value }) => ({
      namespace,
      key,
      is_delete: isDelete,
      value_sha256: hex(sha256(value)),
    })),
  );
}
