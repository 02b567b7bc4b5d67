import { assembleBlock, type Block, checkDataHash, checkFollows } from '../block';
import { startChain } from '../chain';
import { type ChannelConfig, configBytesOf, parseChannelConfig } from '../channel-config';
import { ProofError } from '../errors';
import { signersOf, verifyQuorum } from '../quorum';
import { parseEnvelope } from '../transaction';

/** A configuration that the walk verified, and the block that brought it. */
export interface WalkedConfiguration {
  readonly block: number;
  readonly headerHash: Uint8Array;
  readonly config: ChannelConfig;
}

/** The configurations of a channel from the pinned genesis on, each verified under the one before. */
export interface ConfigurationWalk {
  readonly genesisHash: string;
  /** The channel that the genesis block is of. */
  readonly channel: string;
  /** In order, without a gap; never empty. */
  readonly configurations: readonly WalkedConfiguration[];
}

function channelOf(block: Block): string {
  const [envelope] = block.envelopes;
  return envelope === undefined ? '' : parseEnvelope(envelope, 'proof').channelHeader.channelId;
}

/**
 * Verifies a block's orderers as `verifyQuorum` does and that no signature is there which does not count: what is not
 * needed could be changed without anybody noticing.
 */
export function verifySigners(block: Block, config: ChannelConfig): void {
  const signers = verifyQuorum(block, config);
  if (signers.length !== block.signatures.length) {
    throw new ProofError(
      'RECEIPT_BLOCK_SIGNATURE',
      `block ${block.header.number}: only ${signers.length} of its ${block.signatures.length} signatures hold, each orderer counting once`,
      { block: block.header.number, expected: block.signatures.length, actual: signers.length },
    );
  }
}

function nextConfiguration(walk: ConfigurationWalk, block: Block): WalkedConfiguration {
  const { number } = block.header;
  const previous = currentOf(walk);
  const { config: before } = previous;
  if (number <= previous.block)
    throw new ProofError('BLOCK_NUMBER', `configuration block ${number} follows block ${previous.block}`);
  if (number === previous.block + 1)
    checkFollows(block, { number: previous.block, headerHash: previous.headerHash });
  checkDataHash(block);
  verifySigners(block, before);
  const bytes = configBytesOf(block);
  if (bytes === null)
    throw new ProofError('CONFIG_MALFORMED', `block ${number} of the walk carries no configuration`, {
      block: number,
    });
  if (block.lastConfig !== number)
    throw new ProofError(
      'BLOCK_LAST_CONFIG',
      `block ${number} does not name itself as the newest configuration`,
      {
        block: number,
        expected: number,
        actual: block.lastConfig,
      },
    );
  if (channelOf(block) !== walk.channel)
    throw new ProofError(
      'RECEIPT_CHANNEL',
      `block ${number} is of channel ${channelOf(block)}, not ${walk.channel}`,
    );
  const config = parseChannelConfig(bytes);
  if (config.sequence !== before.sequence + 1) {
    throw new ProofError(
      'RECEIPT_CONFIGURATION_SKIPPED',
      `block ${number} brings configuration ${config.sequence}, ${before.sequence + 1} is due: one was left out`,
      { block: number, expected: before.sequence + 1, actual: config.sequence },
    );
  }
  return { block: number, headerHash: block.headerHash, config };
}

/**
 * Begins a walk at the genesis block, in its essential form.
 *
 * @param genesisHash SHA-256 of the genesis block's header, hex: the one thing a verifier must know
 * @throws ProofError GENESIS_MISMATCH, BLOCK_*, CONFIG_*, RECEIPT_BLOCK_SIGNATURE
 */
export function startWalk(genesis: Block, genesisHash: string): ConfigurationWalk {
  const { config, headerHash } = startChain(genesis, genesisHash);
  if (genesis.signatures.length > 0 || genesis.ordererMetadata.length > 0)
    throw new ProofError(
      'RECEIPT_BLOCK_SIGNATURE',
      'the genesis block has no signatures: its hash is pinned',
    );
  return {
    genesisHash,
    channel: channelOf(genesis),
    configurations: [{ block: 0, headerHash, config }],
  };
}

/**
 * Goes on to the next configuration block, in its essential form, which is verified under the configuration before.
 * @throws ProofError BLOCK_*, CONFIG_*, POLICY_*, RECEIPT_*
 */
export function extendWalk(walk: ConfigurationWalk, block: Block): ConfigurationWalk {
  return { ...walk, configurations: [...walk.configurations, nextConfiguration(walk, block)] };
}

/**
 * Walks from the pinned genesis block over the configuration blocks. The blocks between are not needed: a configuration
 * block's orderers sign its header, its number and that it is a configuration, and configurations are numbered.
 *
 * @param blocks in their essential form
 * @param genesisHash SHA-256 of the genesis block's header, hex: the one thing a verifier must know
 * @throws ProofError GENESIS_MISMATCH, BLOCK_*, CONFIG_*, POLICY_*, RECEIPT_*
 */
export function verifyWalk(blocks: readonly Block[], genesisHash: string): ConfigurationWalk {
  const [genesis, ...rest] = blocks;
  if (genesis === undefined)
    throw new ProofError(
      'RECEIPT_CONFIGURATION_MISSING',
      'the receipt is a core without configurations; verify it with the walk it goes with',
    );
  return rest.reduce(extendWalk, startWalk(genesis, genesisHash));
}

/**
 * A block as it goes into a receipt: without the signatures that do not count, and without what the peer wrote of its own.
 * @param config in force for the block; none for the genesis block, which has no signatures
 */
export function essentialBlock(block: Block, config?: ChannelConfig): Block {
  const { header, envelopes } = block;
  if (config === undefined)
    return assembleBlock({ header, envelopes, ordererMetadata: new Uint8Array(0), signatures: [] });
  const counted = signersOf(block, config).map(({ signature }) => signature);
  return assembleBlock({ header, envelopes, ordererMetadata: block.ordererMetadata, signatures: counted });
}

/** The newest configuration of a walk. */
export function currentOf(walk: ConfigurationWalk): WalkedConfiguration {
  const current = walk.configurations.at(-1);
  if (current === undefined) throw new ProofError('CONFIG_MALFORMED', 'a walk without configurations');
  return current;
}

/**
 * The configuration in force for a block: the newest before it. The block's own signed metadata must name the same, which a
 * walk with one left out would not satisfy.
 *
 * @throws ProofError BLOCK_LAST_CONFIG
 */
export function inForceFor(walk: ConfigurationWalk, block: Block): WalkedConfiguration {
  const { number } = block.header;
  const found = walk.configurations.findLast((one) => one.block < number) ?? walk.configurations[0];
  const named = configBytesOf(block) === null ? found?.block : number;
  if (found === undefined || block.lastConfig !== named) {
    throw new ProofError(
      'BLOCK_LAST_CONFIG',
      `block ${number} names block ${block.lastConfig} as its configuration, the walk has ${found?.block ?? -1}`,
      { block: number, expected: found?.block ?? -1, actual: block.lastConfig },
    );
  }
  return found;
}
