import { type Block } from './block';
import { configBytesOf } from './channel-config';
import { type ConfigTree, parseConfigTree } from './config-tree';
import { ProofError } from './errors';
import { currentOf, essentialBlock, extendWalk, startWalk } from './receipts/configuration-walk';

/** A channel's configuration that is known to be the one the orderers agreed on. */
export interface VerifiedConfig {
  /** Number of the block that brought it. */
  readonly block: number;
  readonly tree: ConfigTree;
}

/**
 * Walks configuration blocks as peers give them from the pinned genesis, by the rule of receipts; signatures that do not count
 * are passed over here, since a peer keeps what it was given. Whether a newer configuration exists can't be told from blocks:
 * ask more than one gateway.
 *
 * @param blocks the genesis block and every later configuration block, in order
 * @throws ProofError GENESIS_MISMATCH, BLOCK_*, CONFIG_*, POLICY_*, RECEIPT_CHANNEL, RECEIPT_CONFIGURATION_SKIPPED
 */
export function walkConfigurations(blocks: readonly Block[], genesisHash: string): VerifiedConfig {
  const [genesis, ...rest] = blocks;
  if (genesis === undefined) throw new ProofError('CONFIG_MALFORMED', 'there is no configuration block');
  const walk = rest.reduce(
    (before, block) => extendWalk(before, essentialBlock(block, currentOf(before).config)),
    startWalk(essentialBlock(genesis), genesisHash),
  );
  const bytes = configBytesOf(rest.at(-1) ?? genesis);
  return { block: currentOf(walk).block, tree: parseConfigTree(bytes ?? new Uint8Array(0)) };
}
