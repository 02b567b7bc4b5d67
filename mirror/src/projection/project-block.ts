import {
  type Block,
  type ChannelConfig,
  hex,
  type NamespaceRwSet,
  ProofError,
  quorumSize,
  type StateUpdate,
  TYPE_ENDORSER_TRANSACTION,
  headerTypeName,
  VALID,
} from '@maker-registry/fabric-proofs';
import { MAX_NAME_CHARACTERS } from '../limits';
import { type IdentityReader } from './identity-summary';
import { type ProjectedTransaction, projectTransaction } from './project-transaction';
import { type BlockRow, type ConfigRow, type StateRow, type WriteRow } from './rows';
import { safeText } from './safe-text';

/** The transactions of a block with their verdicts. */
export function projectTransactions(block: Block, identities: IdentityReader): ProjectedTransaction[] {
  const { number } = block.header;
  // The genesis block comes from configtxgen without verdicts; peers fill them in when they store it.
  if (block.flags.length !== block.envelopes.length && !(number === 0 && block.flags.length === 0)) {
    throw new ProofError(
      'BLOCK_FLAGS',
      `block ${number}: ${block.flags.length} verdicts for ${block.envelopes.length} transactions`,
      { block: number },
    );
  }
  return block.envelopes.map((bytes, txIndex) =>
    projectTransaction(bytes, { block: number, txIndex, flag: block.flags[txIndex] ?? VALID }, identities),
  );
}

/** Transactions whose writes reach the state: valid chaincode transactions. */
export function validChaincodeTransactions(
  transactions: readonly ProjectedTransaction[],
): { txIndex: number; rwSets: readonly NamespaceRwSet[] }[] {
  const type = headerTypeName(TYPE_ENDORSER_TRANSACTION);
  return transactions
    .filter(({ row }) => row.validationCode === 'VALID' && row.type === type)
    .map(({ row, rwSets }) => ({ txIndex: row.txIndex, rwSets }));
}

function writesOfNamespace(rwSet: NamespaceRwSet): Omit<WriteRow, 'block' | 'txIndex' | 'ordinal'>[] {
  const namespace = safeText(rwSet.namespace, MAX_NAME_CHARACTERS);
  const open = { namespace, collection: '' };
  const none = { isDelete: false, isMetadata: true, value: null };
  return [
    ...rwSet.writes.map(({ key, isDelete, value }) => {
      const gone = isDelete || value.length === 0;
      return {
        ...open,
        key: Buffer.from(key, 'utf8'),
        isDelete: gone,
        isMetadata: false,
        value: gone ? null : value,
      };
    }),
    ...rwSet.metadataWrites.map(({ key }) => ({ ...open, key: Buffer.from(key, 'utf8'), ...none })),
    ...rwSet.collections.flatMap(({ collection: name, writes, metadataWrites }) => {
      const collection = safeText(name, MAX_NAME_CHARACTERS);
      return [
        ...writes.map(({ keyHash, isDelete, isPurge, valueHash }) => ({
          namespace,
          collection,
          key: keyHash,
          isDelete: isDelete || isPurge,
          isMetadata: false,
          value: isDelete || isPurge ? null : valueHash,
        })),
        ...metadataWrites.map((key) => ({ namespace, collection, key, ...none })),
      ];
    }),
  ];
}

/** The writes of one transaction as rows. */
export function writeRows(transaction: ProjectedTransaction): WriteRow[] {
  const { block, txIndex } = transaction.row;
  return transaction.rwSets
    .flatMap(writesOfNamespace)
    .map((write, ordinal) => ({ block, txIndex, ordinal, ...write }));
}

export function blockRow(block: Block, transactions: readonly ProjectedTransaction[]): BlockRow {
  const times = transactions.map(({ row }) => row.ledgerTime).filter((time) => time !== null);
  return {
    number: block.header.number,
    headerHash: hex(block.headerHash),
    previousHash: hex(block.header.previousHash),
    dataHash: hex(block.header.dataHash),
    commitHash: block.commitHash === null ? null : hex(block.commitHash),
    txCount: transactions.length,
    validCount: transactions.filter(({ row }) => row.validationCode === 'VALID').length,
    lastConfig: block.lastConfig,
    ledgerTime: times.length === 0 ? null : times.reduce((latest, time) => Math.max(latest, time)),
  };
}

/** The changes of a block to `state`. */
export function stateRows(block: number, updates: readonly StateUpdate[]): StateRow[] {
  return updates.map(({ namespace, collection, key, value, txIndex }) => ({
    namespace: safeText(namespace, MAX_NAME_CHARACTERS),
    collection: safeText(collection, MAX_NAME_CHARACTERS),
    key,
    value,
    block,
    txIndex,
  }));
}

/** A configuration that came into force with a block. */
export function configRow(block: number, config: ChannelConfig, bytes: Uint8Array): ConfigRow {
  return {
    block,
    sequence: config.sequence,
    consenters: JSON.stringify(
      config.consenters.map(({ id, mspId, endpoint }) => ({ id, msp_id: mspId, endpoint })),
    ),
    quorum: quorumSize(config.consenters.length),
    mspIds: [...config.organizations.keys()].sort(),
    config: bytes,
  };
}
