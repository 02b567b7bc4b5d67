import { type ChannelConfig } from '../channel-config';
import { equalBytes, sha256 } from '../digests';
import { ProofError } from '../errors';
import { parseIdentity, verifySignature } from '../identities';
import { isPrincipal, type Member, memberOf } from '../members';
import {
  type ChannelHeader,
  checkTransactionId,
  type Invocation,
  parseChannelHeader,
  parseHeaderExtension,
  parseInvocation,
  parseProposalPayload,
  parseSignatureHeader,
  parseTwoBytes,
} from '../proposal';
import { type NamespaceRwSet, parseRwSet } from '../rwset';
import { policySatisfied, type SignaturePolicy } from '../signature-policy';
import { type Endorsement, onlyActionOf, parseChaincodeAction, parseEnvelope } from '../transaction';
import { TYPE_ENDORSER_TRANSACTION } from '../validation-codes';
import { type EndorsedAnswer } from './receipt';

/** A question and the answer that operators' peers signed together. */
export interface VerifiedAnswer {
  readonly question: Invocation;
  /** Unix seconds by the asker's clock; chaincode of this ledger refuses one far from its peer's. */
  readonly askedAt: number | null;
  readonly result: Uint8Array;
  readonly rwSets: readonly NamespaceRwSet[];
  /** MSP ids of the operators that signed, in the order of the receipt. */
  readonly signers: readonly string[];
}

/** Chaincode's status for an answer that is one. */
const STATUS_OK = 200;
const TEXT = new TextDecoder('utf-8');

/** The MSP ids that the channel's endorsement policy names: the operators. A receipt's own word for it is never taken. */
export function operatorsOf(config: ChannelConfig): ReadonlySet<string> {
  const principals = endorsementPolicyOf(config).principals;
  return new Set(principals.flatMap((one) => (one.kind === 'unsupported' ? [] : [one.mspId])));
}

/** /Channel/Application/Endorsement. @throws ProofError POLICY_UNSUPPORTED when it does not name who signs */
export function endorsementPolicyOf(config: ChannelConfig): SignaturePolicy {
  if (config.endorsement === null)
    throw new ProofError(
      'POLICY_UNSUPPORTED',
      'the channel’s endorsement policy does not name operators, so that nobody can be counted',
    );
  return config.endorsement;
}

function refuse(what: string): never {
  throw new ProofError('RECEIPT_QUESTION', what);
}

interface Question {
  readonly header: ChannelHeader;
  readonly invocation: Invocation;
}

/** The question as the asker put it; read so strictly that nothing in it can go unnoticed. */
function readQuestion(answer: EndorsedAnswer, channel: string): Question {
  const header = parseChannelHeader(answer.channelHeader, 'signing');
  const signatureHeader = parseSignatureHeader(answer.signatureHeader, 'signing');
  const payload = parseProposalPayload(answer.proposalPayload, 'signing');
  const invocation = parseInvocation(payload.input, 'signing');
  if (header.channelId !== channel)
    throw new ProofError(
      'RECEIPT_CHANNEL',
      `the question was put on channel ${header.channelId}, not ${channel}`,
    );
  if (header.type !== TYPE_ENDORSER_TRANSACTION)
    refuse(`header type ${header.type} is not a question to a chaincode`);
  if (parseHeaderExtension(header.extension, 'signing') !== invocation.chaincode)
    refuse('the header names another chaincode than the question');
  if (invocation.isInit || invocation.decorations.length > 0 || payload.transientKeys.length > 0)
    refuse('the question carries more than its arguments');
  checkTransactionId(header.txId, signatureHeader);
  return { header, invocation };
}

/** Each endorsement must hold, be of a member in the role of a peer, and of an operator that has not signed yet. */
function readSigner(
  endorsement: Endorsement,
  responsePayload: Uint8Array,
  config: ChannelConfig,
  before: readonly Member[],
): Member {
  const identity = parseIdentity(endorsement.endorserBytes, 'proof');
  const { mspId } = identity;
  const details = { msp_id: mspId };
  if (!operatorsOf(config).has(mspId))
    throw new ProofError('SIGNER_UNTRUSTED', `${mspId} is not an operator under the configuration`, details);
  const member = memberOf(identity, config);
  if (!isPrincipal(member, { kind: 'role', mspId, role: 'peer' }))
    throw new ProofError('SIGNER_UNTRUSTED', `the signer of ${mspId} is not a peer`, details);
  if (before.some((one) => one.mspId === mspId))
    throw new ProofError('SIGNER_REPEATED', `${mspId} signs twice; an operator counts once`, details);
  const message = Buffer.concat([responsePayload, endorsement.endorserBytes]);
  if (!verifySignature(member.certificate.key, message, endorsement.signature))
    throw new ProofError('RECEIPT_ENDORSEMENT', `the signature of ${mspId} does not hold`, details);
  return member;
}

function readSigners(answer: EndorsedAnswer, config: ChannelConfig): Member[] {
  const members: Member[] = [];
  for (const endorsement of answer.endorsements)
    members.push(readSigner(endorsement, answer.responsePayload, config, members));
  return members;
}

/** Throws POLICY_NOT_SATISFIED unless the signers together may vouch for a transaction of the channel. */
function checkPolicy(signers: readonly Member[], config: ChannelConfig): void {
  if (policySatisfied(endorsementPolicyOf(config), signers, isPrincipal)) return;
  throw new ProofError(
    'POLICY_NOT_SATISFIED',
    `${signers.length} operators signed, which does not satisfy the channel’s endorsement policy`,
    { actual: signers.length },
  );
}

/**
 * Verifies an answer: that it is the answer to its question, on this channel, and who signed it.
 *
 * @param alone whether one operator's word is enough (a prefix statement is one operator's); otherwise the channel's
 * endorsement policy must be satisfied
 * @throws ProofError WIRE_*, TX_*, SIGNER_*, SIGNATURE_INVALID, RECEIPT_*, POLICY_*
 */
export function verifyAnswer(
  answer: EndorsedAnswer,
  config: ChannelConfig,
  channel: string,
  alone = false,
): VerifiedAnswer {
  const { header, invocation } = readQuestion(answer, channel);
  const [proposalHash, extension] = parseTwoBytes(
    answer.responsePayload,
    'ProposalResponsePayload',
    'signing',
  );
  const asked = sha256(answer.channelHeader, answer.signatureHeader, answer.proposalPayload);
  if (!equalBytes(proposalHash, asked)) refuse('the operators answered another question');
  const action = parseChaincodeAction(extension, 'signing');
  if (action.chaincode !== invocation.chaincode)
    refuse(`${action.chaincode} answered, not ${invocation.chaincode}`);
  if (action.status !== STATUS_OK)
    throw new ProofError('RECEIPT_ANSWER', `the answer is a refusal with status ${action.status}`);
  const members = readSigners(answer, config);
  if (!alone) checkPolicy(members, config);
  return {
    question: invocation,
    askedAt: header.timestamp,
    result: action.responsePayload,
    rwSets: parseRwSet(action.results),
    signers: members.map(({ mspId }) => mspId),
  };
}

/** Throws RECEIPT_QUESTION unless the answer is to this function of this chaincode; gives the arguments as text. */
export function argumentsOf(
  answer: VerifiedAnswer,
  chaincode: string,
  name: string,
  count: number,
): string[] {
  const { question } = answer;
  if (question.chaincode !== chaincode || question.function !== name || question.args.length !== count)
    refuse(`the question is ${question.chaincode} ${question.function}, not ${chaincode} ${name}`);
  return question.args.map((arg) => TEXT.decode(arg));
}

/**
 * The answer in a transaction that was endorsed and never submitted, as fabric-gateway gives it.
 *
 * @param envelopeBytes common.Envelope of the endorsed transaction
 * @throws ProofError WIRE_*, TX_MALFORMED
 */
export function answerOfEnvelope(envelopeBytes: Uint8Array): EndorsedAnswer {
  const envelope = parseEnvelope(envelopeBytes, 'proof');
  const action = onlyActionOf(envelope.data, 'proof');
  return {
    channelHeader: envelope.channelHeaderBytes,
    signatureHeader: envelope.signatureHeaderBytes,
    proposalPayload: action.proposalPayload,
    responsePayload: action.proposalResponsePayload,
    endorsements: action.endorsements,
  };
}
