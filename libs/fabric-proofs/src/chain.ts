import { type Block, checkDataHash, checkFollows, checkGenesis } from './block';
import { type ChannelConfig, configBytesOf, parseChannelConfig } from './channel-config';
import { ProofError } from './errors';
import { verifyQuorum } from './quorum';

/** A verified end of the chain: enough to verify the next block. */
export interface ChainPosition {
  readonly number: number;
  readonly headerHash: Uint8Array;
  readonly config: ChannelConfig;
  /** Number of the block that brought `config`. */
  readonly configBlock: number;
}

/**
 * Starts a walk. The genesis block is unsigned: its header hash, pinned by whoever verifies, is what everything rests on.
 * @throws ProofError GENESIS_MISMATCH, BLOCK_*, CONFIG_*
 */
export function startChain(genesis: Block, genesisHash: string): ChainPosition {
  checkGenesis(genesis, genesisHash);
  checkDataHash(genesis);
  const bytes = configBytesOf(genesis);
  if (bytes === null)
    throw new ProofError('CONFIG_MALFORMED', 'the genesis block carries no configuration', { block: 0 });
  return { number: 0, headerHash: genesis.headerHash, config: parseChannelConfig(bytes), configBlock: 0 };
}

function configOf(position: ChainPosition, block: Block): ChannelConfig | null {
  const { number } = block.header;
  const bytes = configBytesOf(block);
  const expected = bytes === null ? position.configBlock : number;
  if (block.lastConfig !== expected) {
    throw new ProofError(
      'BLOCK_LAST_CONFIG',
      `block ${number}: it names block ${block.lastConfig} as the newest configuration, the chain has ${expected}`,
      {
        block: number,
        expected,
        actual: block.lastConfig,
      },
    );
  }
  if (bytes === null) return null;
  const config = parseChannelConfig(bytes);
  if (config.sequence !== position.config.sequence + 1) {
    throw new ProofError(
      'CONFIG_SEQUENCE',
      `block ${number}: configuration ${config.sequence} follows ${position.config.sequence}`,
      {
        block: number,
        expected: position.config.sequence + 1,
        actual: config.sequence,
      },
    );
  }
  return config;
}

/**
 * Verifies the next block: number, previous hash, data hash, orderers' quorum under the configuration in force, and
 * which configuration it says is the newest; a configuration block is verified under the one before it, then adopted.
 *
 * @throws ProofError BLOCK_*, CONFIG_*, POLICY_*
 */
export function nextBlock(position: ChainPosition, block: Block): ChainPosition {
  checkFollows(block, position);
  checkDataHash(block);
  verifyQuorum(block, position.config);
  const config = configOf(position, block);
  const { number } = block.header;
  return config === null
    ? { ...position, number, headerHash: block.headerHash }
    : { number, headerHash: block.headerHash, config, configBlock: number };
}
