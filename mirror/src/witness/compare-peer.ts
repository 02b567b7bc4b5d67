import {
  type Block,
  type BlockDifference,
  type ChannelConfig,
  checkDataHash,
  compareBlocks,
  hex,
  ProofError,
  validationCodeName,
  verifyQuorum,
} from '@maker-registry/fabric-proofs';
import { type BlockSource } from '../peer';
import { fetchBlock } from './fetch-block';
import { type Finding, shownKey } from './findings';

/** What the tables say of a block, recomputed when it was written. */
export interface RecordedBlock {
  readonly headerHash: string;
  /** Null for block 0. */
  readonly commitHash: string | null;
  /** Names of the verdicts, in order. */
  readonly verdicts: readonly string[];
}

/** The mirror's own side of a comparison. */
export interface OwnSide {
  block(number: number): Promise<RecordedBlock | null>;
  /** The configuration in force at a block; null when none is recorded. */
  configAt(number: number): Promise<ChannelConfig | null>;
  readonly peer: BlockSource;
}

/** The other organization's side. */
export interface OtherSide {
  readonly organization: string;
  readonly peer: BlockSource;
}

/** Whether a check of the proofs passes; its refusal is the answer, anything else is thrown. */
function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}

/** A peer that joined by a snapshot may keep no commit hash: it can't be compared, which is no contradiction. */
export class NotComparableError extends Error {
  constructor(number: number) {
    super(`the peer keeps no commit hash of block ${number}: it can't be compared`);
    this.name = 'NotComparableError';
  }
}

function sameVerdicts(own: RecordedBlock, other: Block): boolean {
  const verdicts = [...other.flags].map(validationCodeName);
  return (
    own.verdicts.length === verdicts.length &&
    own.verdicts.every((verdict, index) => verdict === verdicts[index])
  );
}

/**
 * Whether a peer's block says what the tables say. Its transactions must hash to the header that it shows with them. The
 * genesis block has no commit hash, and verdicts only where peers added them.
 *
 * @throws NotComparableError when all else is the same and the peer has no commit hash
 */
export function isSame(own: RecordedBlock, other: Block): boolean {
  const hasOwnData = holds(() => {
    checkDataHash(other);
  });
  if (!hasOwnData || own.headerHash !== hex(other.headerHash)) return false;
  const { number } = other.header;
  if (number === 0) return true;
  if (!sameVerdicts(own, other)) return false;
  if (other.commitHash === null) throw new NotComparableError(number);
  return own.commitHash === hex(other.commitHash);
}

async function agreesAt(number: number, own: OwnSide, other: OtherSide): Promise<boolean> {
  const recorded = await own.block(number);
  // Blocks up to the head are never taken away, by a rebuild neither: who did it must not pass for an agreement.
  if (recorded === null) return false;
  return isSame(recorded, await fetchBlock(other.peer, number));
}

/**
 * The first block in which a peer differs. Commit hashes chain all that came before, so that halving the distance finds it
 * with a logarithm of requests.
 */
async function firstDisagreement(
  agreed: number,
  disagreed: number,
  own: OwnSide,
  other: OtherSide,
): Promise<number> {
  let [low, high] = [agreed, disagreed];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await agreesAt(middle, own, other)) low = middle;
    else high = middle;
  }
  return high;
}

/** What makes a differing block a lie of one peer or a fork of the chain. */
type Standing = 'unknown' | 'data' | 'unsigned' | 'signed';

function standingOf(block: Block, config: ChannelConfig | null): Standing {
  if (
    !holds(() => {
      checkDataHash(block);
    })
  )
    return 'data';
  if (config === null || block.header.number === 0) return 'unknown';
  return holds(() => {
    verifyQuorum(block, config);
  })
    ? 'signed'
    : 'unsigned';
}

const PARTS: Readonly<Record<BlockDifference['part'], string>> = {
  transactions: 'another transaction',
  header: 'another header',
  verdicts: 'another verdict on a transaction',
  commit_hash: 'another commit hash',
};

const STANDINGS: Readonly<Record<Standing, string>> = {
  unknown: '',
  data: '; its transactions do not hash to the header it shows with them',
  unsigned: '; its block lacks the signatures of a quorum of the orderers',
  signed: '; its block carries the signatures of a quorum of the orderers, so they signed two',
};

function keyOf({ keys: [first] }: BlockDifference): string | null {
  return first === undefined ? null : shownKey(first.namespace, first.collection, first.key);
}

/** Names what differs in two peers' copies of a block. */
export function disagreement(
  organization: string,
  number: number,
  difference: BlockDifference,
  standing: Standing,
): Finding {
  const isForked = difference.part === 'header' || difference.part === 'transactions';
  return {
    source: 'other-peer',
    organization,
    block: number,
    code: 'PEER_DISAGREES',
    expected: difference.own,
    actual: difference.other,
    txIndex: difference.txIndex,
    txId: difference.txId,
    key: keyOf(difference),
    message:
      `block ${number}: the peer of ${organization} has ${PARTS[difference.part]}` +
      (isForked ? STANDINGS[standing] : ''),
  };
}

interface ColumnDifference {
  readonly table: 'blocks' | 'transactions';
  readonly column: string;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly txIndex: number | null;
}

function differingColumn(recorded: RecordedBlock, ledger: Block): ColumnDifference {
  const headerHash = hex(ledger.headerHash);
  const commitHash = ledger.commitHash === null ? null : hex(ledger.commitHash);
  const inBlocks = { table: 'blocks', txIndex: null } as const;
  if (recorded.headerHash !== headerHash) {
    return { ...inBlocks, column: 'header_hash', expected: headerHash, actual: recorded.headerHash };
  }
  if (recorded.commitHash !== commitHash) {
    return { ...inBlocks, column: 'commit_hash', expected: commitHash, actual: recorded.commitHash };
  }
  const verdicts = [...ledger.flags].map(validationCodeName);
  const first = verdicts.findIndex((verdict, index) => verdict !== recorded.verdicts[index]);
  const txIndex = first < 0 ? verdicts.length : first;
  const [expected = null, actual = null] = [verdicts[txIndex], recorded.verdicts[txIndex]];
  return { table: 'transactions', column: 'verdicts', expected, actual, txIndex };
}

function tablesDiffer(number: number, recorded: RecordedBlock, ledger: Block): Finding {
  const { table, column, expected, actual, txIndex } = differingColumn(recorded, ledger);
  return {
    source: 'tables',
    organization: null,
    block: number,
    code: 'TABLES_DIFFER',
    expected,
    actual,
    txIndex,
    txId: null,
    key: `${table}/${number}`,
    message: `block ${number}: ${column} in the tables is not what the peers of both organizations have: the tables were changed`,
  };
}

/** A block up to the head that the tables do not have. */
function blockMissing(number: number, ledger: Block): Finding {
  return {
    source: 'tables',
    organization: null,
    block: number,
    code: 'TABLES_DIFFER',
    expected: hex(ledger.headerHash),
    actual: null,
    txIndex: null,
    txId: null,
    key: `blocks/${number}`,
    message: `block ${number}: the tables do not have it, although they say that they go further: the tables were changed`,
  };
}

async function explain(number: number, own: OwnSide, other: OtherSide): Promise<Finding | null> {
  const [recorded, ownBlock, otherBlock] = await Promise.all([
    own.block(number),
    fetchBlock(own.peer, number),
    fetchBlock(other.peer, number),
  ]);
  if (recorded === null) return blockMissing(number, otherBlock);
  if (isSame(recorded, otherBlock)) return null;
  const difference = compareBlocks(ownBlock, otherBlock);
  if (difference === null) return tablesDiffer(number, recorded, otherBlock);
  const config = await own.configAt(number - 1);
  return disagreement(other.organization, number, difference, standingOf(otherBlock, config));
}

/**
 * Compares another organization's peer at one height with what the mirror recomputed: header hash, verdicts and commit
 * hash, which binds every verdict and write before it.
 *
 * @param agreed greatest number known to agree; -1 when none is
 * @returns null when they agree; else what differs in the first block that does, down to transaction and key
 * @throws errors of either connection; ProofError when a block can't be read
 */
export async function comparePeer(
  at: number,
  agreed: number,
  own: OwnSide,
  other: OtherSide,
): Promise<Finding | null> {
  if (await agreesAt(at, own, other)) return null;
  return explain(await firstDisagreement(agreed, at, own, other), own, other);
}
