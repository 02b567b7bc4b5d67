import {
  type Block,
  type ChainPosition,
  checkCommitHash,
  configBytesOf,
  metadataOnlyKeys,
  nextBlock,
  parseBlock,
  parseChannelConfig,
  ProofError,
  startChain,
  type StateKey,
  stateKeyId,
  stateUpdates,
  type StateUpdate,
} from '@maker-registry/fabric-proofs';
import { IdentityReader } from './projection/identity-summary';
import {
  blockRow,
  configRow,
  projectTransactions,
  stateRows,
  validChaincodeTransactions,
  writeRows,
} from './projection/project-block';
import { projectDocuments } from './projection/project-documents';
import { type ProjectedTransaction } from './projection/project-transaction';
import { type BlockRows, type ConfigRow } from './projection/rows';

/** The end of what is written: enough to verify and prepare the next block. Null fields before the genesis block. */
export interface Position {
  readonly chain: ChainPosition;
  /** Of the block at this position; null for block 0. */
  readonly commitHash: Uint8Array | null;
}

/** Which network and chaincode the tables are about. */
export interface LedgerIdentity {
  readonly genesisHash: string;
  readonly chaincode: string;
}

/** Values that keys have before the block, by `stateKeyId`. */
export type StateLookup = (keys: readonly StateKey[]) => Promise<ReadonlyMap<string, Uint8Array>>;

/** Rebuilds a position from stored columns. */
export function storedPosition(stored: {
  readonly height: number;
  readonly headerHash: string;
  readonly commitHash: string | null;
  readonly configBlock: number;
  readonly config: Uint8Array;
}): Position {
  return {
    chain: {
      number: stored.height,
      headerHash: Buffer.from(stored.headerHash, 'hex'),
      config: parseChannelConfig(stored.config),
      configBlock: stored.configBlock,
    },
    commitHash: stored.commitHash === null ? null : Buffer.from(stored.commitHash, 'hex'),
  };
}

/**
 * Turns blocks into rows, each verified against the one before: number, previous hash, data hash, the orderers' quorum
 * under the configuration in force, and the peer's commit hash, recomputed from the very rows that will be written.
 */
export class BlockPreparation {
  readonly #ledger: LedgerIdentity;
  readonly #lookup: StateLookup;
  readonly #identities = new IdentityReader();
  #position: Position | null;

  constructor(ledger: LedgerIdentity, position: Position | null, lookup: StateLookup) {
    this.#ledger = ledger;
    this.#position = position;
    this.#lookup = lookup;
  }

  /** Number of the block that must come next. */
  get next(): number {
    return (this.#position?.chain.number ?? -1) + 1;
  }

  /** @throws ProofError naming the block and what differs */
  async prepare(bytes: Uint8Array): Promise<BlockRows> {
    const block = parseBlock(bytes);
    const chain =
      this.#position === null
        ? startChain(block, this.#ledger.genesisHash)
        : nextBlock(this.#position.chain, block);
    const transactions = naming(block, () => projectTransactions(block, this.#identities));
    const updates = await this.#updates(block, transactions);
    this.#checkCommitHash(block, updates);
    this.#position = { chain, commitHash: block.commitHash };
    return this.#rows(block, chain, transactions, updates);
  }

  async #updates(block: Block, transactions: readonly ProjectedTransaction[]): Promise<StateUpdate[]> {
    const valid = validChaincodeTransactions(transactions);
    const asked = metadataOnlyKeys(valid);
    const values = asked.length === 0 ? new Map<string, Uint8Array>() : await this.#lookup(asked);
    return naming(block, () => stateUpdates(valid, (key) => values.get(stateKeyId(key))));
  }

  #checkCommitHash(block: Block, updates: readonly StateUpdate[]): void {
    const { number } = block.header;
    if (number === 0) return;
    if (block.commitHash === null) {
      throw new ProofError(
        'COMMIT_HASH_MISMATCH',
        `block ${number}: the peer keeps no commit hash; follow one that holds the ledger from genesis`,
        { block: number },
      );
    }
    const previous = this.#position?.commitHash ?? null;
    checkCommitHash({ block: number, flags: block.flags, updates, previous }, block.commitHash);
  }

  #rows(
    block: Block,
    chain: ChainPosition,
    transactions: readonly ProjectedTransaction[],
    updates: readonly StateUpdate[],
  ): BlockRows {
    const writes = transactions.map(writeRows);
    const projected = writes.map((group) => projectDocuments(group, this.#ledger.chaincode));
    return {
      block: blockRow(block, transactions),
      transactions: transactions.map(({ row }) => row),
      writes: writes.flat(),
      state: stateRows(block.header.number, updates),
      documents: projected.flatMap(({ documents }) => documents),
      subjects: projected.flatMap(({ subjects }) => subjects),
      config: newConfig(block, chain),
    };
  }
}

function newConfig(block: Block, chain: ChainPosition): ConfigRow | null {
  const { number } = block.header;
  const bytes = chain.configBlock === number ? configBytesOf(block) : null;
  return bytes === null ? null : configRow(number, chain.config, bytes);
}

/** Adds the block's number to errors from parts that do not know it. */
function naming<Value>(block: Block, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ProofError) || 'block' in error.details) throw error;
    const { number } = block.header;
    throw new ProofError(error.code, `block ${number}: ${error.message}`, {
      ...error.details,
      block: number,
    });
  }
}
