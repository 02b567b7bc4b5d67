import { type Block, checkDataHash } from '../block';
import { equalBytes } from '../digests';
import { ProofError } from '../errors';
import { isPrincipal, type Member, memberOf } from '../members';
import { policySatisfied } from '../signature-policy';
import { type EndorserTransaction, verifyTransactionSignatures } from '../transaction';
import { VALID } from '../validation-codes';
import { type AttestedTransaction } from './attested-transaction';
import { policyFor } from './chaincode-definition';
import { type ConfigurationWalk, inForceFor, verifySigners } from './configuration-walk';

/** A transaction's place in the chain, from the orderers' own signatures. */
export interface OrderedTransaction {
  readonly block: number;
  readonly txIndex: number;
  readonly headerHash: Uint8Array;
  /** Block of the configuration in force. */
  readonly configuration: number;
  /** MSP ids of the transaction's endorsers; empty where it is not valid and so was not judged. */
  readonly endorsers: readonly string[];
}

function verifyBlock(block: Block, walk: ConfigurationWalk): number {
  const inForce = inForceFor(walk, block);
  checkDataHash(block);
  verifySigners(block, inForce.config);
  return inForce.block;
}

/** Endorsers by certificate: one that signed twice is one voice, as for a peer. */
function distinct(members: readonly Member[]): Member[] {
  return members.filter(
    (one, at) => members.findIndex((other) => equalBytes(other.certificate.tbs, one.certificate.tbs)) === at,
  );
}

/** Fabric evaluates the policy of each namespace that is written; a transaction of this ledger writes one. */
function checkNamespaces({ invocation, rwSets }: EndorserTransaction): void {
  for (const { namespace, writes, metadataWrites, collections } of rwSets) {
    const written = writes.length + metadataWrites.length + collections.length > 0;
    if (written && namespace !== invocation.chaincode)
      throw new ProofError('POLICY_UNSUPPORTED', `the transaction also writes in namespace ${namespace}`);
    if (metadataWrites.length > 0)
      throw new ProofError('POLICY_UNSUPPORTED', 'the transaction sets the endorsement policy of a key');
  }
}

/** The transaction's own signatures: creator, and endorsers against the chaincode's policy at that height. */
function verifyEndorsements(
  transaction: EndorserTransaction,
  definitions: readonly Block[],
  block: Block,
  walk: ConfigurationWalk,
): string[] {
  const { config } = inForceFor(walk, block);
  checkNamespaces(transaction);
  const identities = verifyTransactionSignatures(transaction);
  memberOf(transaction.creator, config);
  const members = distinct(identities.map((identity) => memberOf(identity, config)));
  for (const definition of definitions) verifyBlock(definition, walk);
  if (!policySatisfied(policyFor(transaction, definitions, config), members, isPrincipal)) {
    throw new ProofError(
      'POLICY_NOT_SATISFIED',
      'the transaction’s endorsements do not satisfy the chaincode’s endorsement policy',
    );
  }
  return members.map(({ mspId }) => mspId);
}

/**
 * Verifies that a block holds an attested transaction at an index, who ordered the block, and, where the transaction is said
 * to be valid, what made it so: its creator, and its endorsers against the policy of its chaincode at that height.
 *
 * @param blocks the transaction's block, then those of the chaincode's definition
 * @throws ProofError BLOCK_*, SIGNER_*, TX_*, POLICY_*, RECEIPT_*
 */
export function verifyOrdered(
  attested: AttestedTransaction,
  blocks: readonly Block[],
  txIndex: number,
  walk: ConfigurationWalk,
): OrderedTransaction {
  const [block, ...definitions] = blocks;
  if (block === undefined) throw new ProofError('RECEIPT_MALFORMED', 'a block receipt without its block');
  const configuration = verifyBlock(block, walk);
  const envelope = block.envelopes[txIndex];
  if (envelope === undefined || !equalBytes(envelope, attested.envelopeBytes)) {
    throw new ProofError(
      'RECEIPT_TRANSACTION',
      `transaction ${txIndex} of block ${block.header.number} is not the one that the operators vouch for`,
    );
  }
  return {
    block: block.header.number,
    txIndex,
    headerHash: block.headerHash,
    configuration,
    endorsers: endorsersOf(attested, definitions, block, walk),
  };
}

function endorsersOf(
  { code, transaction }: AttestedTransaction,
  definitions: readonly Block[],
  block: Block,
  walk: ConfigurationWalk,
): string[] {
  if (code !== VALID) {
    // Why it was refused is the peers' word; its endorsements may be what was wrong with it.
    if (definitions.length > 0)
      throw new ProofError('RECEIPT_DEFINITION', 'a definition is only needed for a valid transaction');
    return [];
  }
  if (transaction === null)
    throw new ProofError(
      'RECEIPT_TRANSACTION',
      'a transaction said to be valid is not a readable chaincode transaction',
    );
  return verifyEndorsements(transaction, definitions, block, walk);
}
