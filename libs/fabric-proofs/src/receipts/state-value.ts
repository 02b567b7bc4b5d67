import { type ChannelConfig } from '../channel-config';
import { equalBytes, hex, sha256 } from '../digests';
import { ProofError } from '../errors';
import { type KeyRead, type Version } from '../rwset';
import { VALID } from '../validation-codes';
import { LEN, shape, VARINT, WireReader } from '../wire-reader';
import { type AttestedTransaction, LEDGER_QUESTIONS, verifyAttestation } from './attested-transaction';
import { argumentsOf, type VerifiedAnswer, verifyAnswer } from './endorsed-answer';
import { type EndorsedAnswer } from './receipt';

export const CHAIN_INFO = 'GetChainInfo';

/** A key's value as operators' peers read it, and the transaction that wrote it. */
export interface StateValue {
  readonly chaincode: string;
  readonly function: string;
  readonly key: string;
  readonly value: Uint8Array;
  /** Where the operators say it was last written. */
  readonly version: Version;
  readonly writer: AttestedTransaction;
  readonly askedAt: number | null;
  readonly signers: readonly string[];
  /** Number of the newest block when the operators were asked for it; null where the receipt does not say. */
  readonly height: number | null;
}

const INFO = shape({ 1: VARINT, 2: LEN, 3: LEN });
/** Chaincode that is part of the peer: its answers are not state of the ledger's own chaincode. */
const SYSTEM_CHAINCODE = /^(?:[a-z]{4}|_lifecycle)$/;

function refuse(what: string): never {
  throw new ProofError('RECEIPT_VALUE', what);
}

interface FoundRead {
  readonly read: KeyRead;
  readonly version: Version;
}

/** The key that the writer gave the value that was read. */
function readOf(answer: VerifiedAnswer, writer: AttestedTransaction): FoundRead {
  const { chaincode } = answer.question;
  const writes = writer.transaction?.rwSets
    .filter(({ namespace }) => namespace === chaincode)
    .flatMap((one) => one.writes);
  for (const { namespace, reads } of answer.rwSets) {
    for (const read of namespace === chaincode ? reads : []) {
      const write = writes?.findLast(({ key }) => key === read.key);
      if (
        read.version !== null &&
        write !== undefined &&
        !write.isDelete &&
        equalBytes(write.value, answer.result)
      )
        return { read, version: read.version };
    }
  }
  return refuse('the transaction in the receipt does not write the value that was read');
}

/** The newest block's number, one less than the height. */
function heightOf(answer: EndorsedAnswer, config: ChannelConfig, channel: string): number {
  const verified = verifyAnswer(answer, config, channel);
  const [asked] = argumentsOf(verified, LEDGER_QUESTIONS, CHAIN_INFO, 1);
  if (asked !== channel) throw new ProofError('RECEIPT_CHANNEL', `the height is of channel ${asked ?? ''}`);
  return heightOfInfo(verified.result) - 1;
}

/** Number of blocks, from BlockchainInfo { 1 height, 2 current hash, 3 previous hash }. */
export function heightOfInfo(bytes: Uint8Array): number {
  const reader = new WireReader(bytes, 'BlockchainInfo', 'proof');
  let height = 0;
  while (reader.next(INFO)) {
    if (reader.field === 1) height = reader.uint64();
    else reader.bytes();
  }
  return height;
}

/**
 * Verifies a state receipt's answers: the read, the transaction that wrote the value, and possibly the ledger's height.
 * @throws ProofError as `verifyAttestation`, and RECEIPT_VALUE
 */
export function verifyState(
  [read, writer, info]: readonly EndorsedAnswer[],
  config: ChannelConfig,
  channel: string,
): StateValue {
  if (read === undefined || writer === undefined)
    throw new ProofError(
      'RECEIPT_MALFORMED',
      'a state receipt holds a read and the transaction that wrote the value',
    );
  const answer = verifyAnswer(read, config, channel);
  const { chaincode } = answer.question;
  if (SYSTEM_CHAINCODE.test(chaincode)) refuse(`${chaincode} is part of the peers and has no state`);
  if (answer.rwSets.some(({ writes, metadataWrites }) => writes.length + metadataWrites.length > 0))
    refuse('the question is not a read: it would write');
  const attested = verifyAttestation(writer, config, channel);
  if (attested.code !== VALID) refuse('the transaction that should have written the value is not valid');
  const found = readOf(answer, attested);
  const height = info === undefined ? null : heightOf(info, config, channel);
  if (height !== null && height < found.version.block)
    refuse('the value is newer than the height that goes with it');
  return {
    chaincode,
    function: answer.question.function,
    key: found.read.key,
    value: answer.result,
    version: found.version,
    writer: attested,
    askedAt: answer.askedAt,
    signers: answer.signers,
    height,
  };
}

/** Hex SHA-256 of a value, for statements. */
export function digestOf(value: Uint8Array): string {
  return hex(sha256(value));
}
