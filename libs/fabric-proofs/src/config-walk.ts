import { type Block, checkDataHash } from './block';
import { startChain } from './chain';
import { configBytesOf, parseChannelConfig } from './channel-config';
import { type ConfigTree, parseConfigTree } from './config-tree';
import { ProofError } from './errors';
import { verifyQuorum } from './quorum';

/** A channel's configuration that is known to be the one the orderers agreed on. */
export interface VerifiedConfig {
  /** Number of the block that brought it. */
  readonly block: number;
  readonly tree: ConfigTree;
}

/**
 * Walks configuration blocks from the pinned genesis: each is verified under the configuration before it (data hash,
 * orderers' quorum, BlockValidation), and configurations follow one another without a gap. The blocks between are not
 * needed. Whether a newer configuration exists can't be told from blocks: ask more than one gateway.
 *
 * @param blocks the genesis block and every later configuration block, in order
 * @throws ProofError GENESIS_MISMATCH, BLOCK_*, CONFIG_*, POLICY_*
 */
export function walkConfigurations(blocks: readonly Block[], genesisHash: string): VerifiedConfig {
  const [genesis, ...rest] = blocks;
  if (genesis === undefined) throw new ProofError('CONFIG_MALFORMED', 'there is no configuration block');
  const start = startChain(genesis, genesisHash);
  let config = start.config;
  let bytes = configBytesOf(genesis);
  let number = 0;
  for (const block of rest) {
    checkDataHash(block);
    verifyQuorum(block, config);
    bytes = configBytesOf(block);
    if (bytes === null || block.header.number <= number || block.lastConfig !== block.header.number) {
      throw new ProofError('CONFIG_MALFORMED', `block ${block.header.number} is no next configuration`, {
        block: block.header.number,
      });
    }
    const next = parseChannelConfig(bytes);
    if (next.sequence !== config.sequence + 1) {
      throw new ProofError(
        'CONFIG_SEQUENCE',
        `block ${block.header.number}: configuration ${next.sequence} follows ${config.sequence}`,
        { block: block.header.number, expected: config.sequence + 1, actual: next.sequence },
      );
    }
    config = next;
    number = block.header.number;
  }
  return { block: number, tree: parseConfigTree(bytes ?? new Uint8Array(0)) };
}
