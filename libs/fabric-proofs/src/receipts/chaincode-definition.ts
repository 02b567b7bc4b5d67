import { type Block } from '../block';
import { type ChannelConfig } from '../channel-config';
import { ProofError } from '../errors';
import { type Version } from '../rwset';
import { parseSignaturePolicy, type SignaturePolicy } from '../signature-policy';
import { type EndorserTransaction, parseEndorserTransaction, parseEnvelope } from '../transaction';
import { LEN, orEmpty, shape, WireReader } from '../wire-reader';
import { endorsementPolicyOf } from './endorsed-answer';

/**
 * Which endorsement policy a chaincode had when a transaction ran, from the chain alone. Every transaction reads the key
 * `namespaces/fields/NAME/Sequence` of the lifecycle's namespace: the version it read names the transaction that committed the
 * definition then in force (had it changed, the transaction would be invalid). A definition that keeps its policy does not
 * write it again but reads it, and so names the transaction that did.
 */
const LIFECYCLE = '_lifecycle';
const CHANNEL_ENDORSEMENT_POLICY = '/Channel/Application/Endorsement';
const STATE_DATA = shape({ 2: LEN });
const VALIDATION_INFO = shape({ 1: LEN, 2: LEN });
const APPLICATION_POLICY = shape({ 1: LEN, 2: LEN });

type Field = 'Sequence' | 'ValidationInfo';

function keyOf(chaincode: string, field: Field): string {
  return `namespaces/fields/${chaincode}/${field}`;
}

/** The version a transaction read of a field of a chaincode's definition; null when it read none. */
export function definitionVersion(
  { rwSets }: EndorserTransaction,
  chaincode: string,
  field: Field,
): Version | null {
  const key = keyOf(chaincode, field);
  const reads = rwSets.filter(({ namespace }) => namespace === LIFECYCLE).flatMap((one) => one.reads);
  return reads.find((read) => read.key === key)?.version ?? null;
}

/** The value a transaction writes to a field of a chaincode's definition. */
export function definitionWrite(
  { rwSets }: EndorserTransaction,
  chaincode: string,
  field: Field,
): Uint8Array | null {
  const key = keyOf(chaincode, field);
  const writes = rwSets.filter(({ namespace }) => namespace === LIFECYCLE).flatMap((one) => one.writes);
  return writes.find((write) => write.key === key && !write.isDelete)?.value ?? null;
}

function refuse(what: string): never {
  throw new ProofError('RECEIPT_DEFINITION', what);
}

/** The transaction at a version, in the block that the receipt brings for it. */
export function transactionAt(block: Block | undefined, version: Version): EndorserTransaction {
  const envelope = block?.header.number === version.block ? block.envelopes[version.txIndex] : undefined;
  if (envelope === undefined) {
    return refuse(
      `the endorsement policy was set by transaction ${version.txIndex} of block ${version.block}, which the receipt lacks`,
    );
  }
  return parseEndorserTransaction(parseEnvelope(envelope));
}

/** A message's bytes in its fields 1 and 2. */
function twoFields(
  bytes: Uint8Array,
  fields: typeof VALIDATION_INFO,
  name: string,
): (Uint8Array | undefined)[] {
  const reader = new WireReader(bytes, name, 'proof');
  const parts: (Uint8Array | undefined)[] = [];
  while (reader.next(fields)) parts[reader.field] = reader.bytes();
  return parts;
}

/** lifecycle.StateData { 2 bytes } of ChaincodeValidationInfo { 1 plugin, 2 parameter } of ApplicationPolicy { 1 policy, 2 reference }. */
export function policyOfDefinition(value: Uint8Array, config: ChannelConfig): SignaturePolicy {
  const stored = twoFields(value, STATE_DATA, 'StateData')[2];
  const [, plugin, parameter] = twoFields(orEmpty(stored), VALIDATION_INFO, 'ChaincodeValidationInfo');
  if (Buffer.from(orEmpty(plugin)).toString('utf8') !== 'vscc')
    throw new ProofError('POLICY_UNSUPPORTED', 'the chaincode is validated by another plugin than vscc');
  const [, policy, reference] = twoFields(orEmpty(parameter), APPLICATION_POLICY, 'ApplicationPolicy');
  if (policy !== undefined) return parseSignaturePolicy(policy);
  const named = Buffer.from(orEmpty(reference)).toString('utf8');
  if (named !== CHANNEL_ENDORSEMENT_POLICY)
    throw new ProofError(
      'POLICY_UNSUPPORTED',
      `the chaincode is endorsed under ${named}, which is not evaluated here`,
    );
  return endorsementPolicyOf(config);
}

/**
 * The policy in force for a transaction.
 *
 * @param definitions blocks that define it, already verified: of the definition, and of the policy if that is older
 * @param config in force for the transaction's block
 * @throws ProofError RECEIPT_DEFINITION, POLICY_UNSUPPORTED, WIRE_*
 */
export function policyFor(
  transaction: EndorserTransaction,
  definitions: readonly Block[],
  config: ChannelConfig,
): SignaturePolicy {
  const { chaincode } = transaction.invocation;
  const defined = definitionVersion(transaction, chaincode, 'Sequence');
  if (defined === null)
    return refuse(`the transaction does not read the definition of chaincode ${chaincode}`);
  const definition = transactionAt(definitions[0], defined);
  const own = definitionWrite(definition, chaincode, 'ValidationInfo');
  if (own !== null) {
    if (definitions.length > 1) refuse('the receipt brings a block that defines nothing');
    return policyOfDefinition(own, config);
  }
  const earlier = definitionVersion(definition, chaincode, 'ValidationInfo');
  if (earlier === null) return refuse('the definition neither sets nor reads an endorsement policy');
  const value = definitionWrite(transactionAt(definitions[1], earlier), chaincode, 'ValidationInfo');
  return value === null
    ? refuse('the transaction named as the policy’s source sets none')
    : policyOfDefinition(value, config);
}
