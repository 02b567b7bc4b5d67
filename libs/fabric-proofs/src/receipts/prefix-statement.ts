import { type Block, checkDataHash, parseBlock } from '../block';
import { equalBytes } from '../digests';
import { ProofError } from '../errors';
import { verifyQuorum } from '../quorum';
import { LEDGER_QUESTIONS } from './attested-transaction';
import { type ConfigurationWalk, currentOf, inForceFor } from './configuration-walk';
import { argumentsOf, verifyAnswer } from './endorsed-answer';
import { type EndorsedAnswer } from './receipt';

export const BLOCK_BY_NUMBER = 'GetBlockByNumber';

/** What operators say of the ledger up to a block: its commit hash covers every verdict and every write before. */
export interface PrefixStatement {
  readonly block: number;
  readonly headerHash: Uint8Array;
  readonly commitHash: Uint8Array;
  /** Validation codes of the block's transactions. */
  readonly codes: readonly number[];
  readonly signers: readonly string[];
}

interface OneStatement {
  readonly block: Block;
  readonly commitHash: Uint8Array;
  readonly signer: string;
}

/** One operator's signed block. Its bytes differ from another's: each peer keeps the signatures its own orderer collected. */
function readOne(answer: EndorsedAnswer, walk: ConfigurationWalk): OneStatement {
  const { channel } = walk;
  const verified = verifyAnswer(answer, currentOf(walk).config, channel, true);
  const [asked, number] = argumentsOf(verified, LEDGER_QUESTIONS, BLOCK_BY_NUMBER, 2);
  const [signer, ...others] = verified.signers;
  if (asked !== channel)
    throw new ProofError('RECEIPT_CHANNEL', `the question is about channel ${asked ?? ''}`);
  if (signer === undefined || others.length > 0)
    throw new ProofError('RECEIPT_MALFORMED', 'each answer of a prefix statement is signed by one operator');
  const block = parseBlock(verified.result);
  if (String(block.header.number) !== number)
    throw new ProofError(
      'RECEIPT_QUESTION',
      `asked was block ${number ?? ''}, the answer is block ${block.header.number}`,
    );
  checkDataHash(block);
  verifyQuorum(block, inForceFor(walk, block).config);
  if (block.commitHash === null)
    throw new ProofError('RECEIPT_ANSWER', 'the block carries no commit hash and so binds nothing before it');
  return { block, commitHash: block.commitHash, signer };
}

function agree(one: OneStatement, other: OneStatement): boolean {
  return (
    equalBytes(one.block.headerHash, other.block.headerHash) &&
    equalBytes(one.block.flags, other.block.flags) &&
    equalBytes(one.commitHash, other.commitHash)
  );
}

/**
 * Verifies a prefix statement: one answer to GetBlockByNumber for each operator that signs it.
 * @throws ProofError BLOCK_*, SIGNER_*, RECEIPT_*
 */
export function verifyPrefix(answers: readonly EndorsedAnswer[], walk: ConfigurationWalk): PrefixStatement {
  const [first, ...rest] = answers.map((answer) => readOne(answer, walk));
  if (first === undefined) throw new ProofError('RECEIPT_MALFORMED', 'a prefix statement without an answer');
  for (const other of rest) {
    if (!agree(first, other))
      throw new ProofError(
        'RECEIPT_DISAGREEMENT',
        `${first.signer} and ${other.signer} state different ledgers`,
        {
          block: first.block.header.number,
        },
      );
  }
  const signers = [first, ...rest].map(({ signer }) => signer);
  if (new Set(signers).size !== signers.length)
    throw new ProofError('SIGNER_REPEATED', 'an operator states the same twice; it counts once');
  return {
    block: first.block.header.number,
    headerHash: first.block.headerHash,
    commitHash: first.commitHash,
    codes: [...first.block.flags],
    signers,
  };
}
