import {
  type Block,
  type ConfigurationWalk,
  currentOf,
  essentialBlock,
  extendWalk,
  parseBlock,
  startWalk,
  verifyWalk,
} from '@maker-registry/fabric-proofs';
import { RegistryError } from '@maker-registry/protocol';
import { CONFIGURATION_FRESH_MS } from './limits';
import { type LedgerQuestions } from './ledger-questions';

/** The configuration blocks of the channel, as they go into receipts, and the walk over them. */
export interface Configurations {
  readonly blocks: readonly Block[];
  readonly walk: ConfigurationWalk;
}

/** Follows the channel's configuration at the own peer; what it gives was verified from the pinned genesis hash. */
export class ConfigurationSource {
  readonly #questions: LedgerQuestions;
  readonly #genesisHash: string;
  #known: Configurations | undefined;
  #checkedAt = 0;
  #running: Promise<Configurations> | undefined;

  constructor(questions: LedgerQuestions, genesisHash: string) {
    this.#questions = questions;
    this.#genesisHash = genesisHash;
  }

  /** @throws ProofError when the own peer's blocks do not verify; errors of the Fabric client library when it is away */
  async current(): Promise<Configurations> {
    if (this.#known !== undefined && Date.now() - this.#checkedAt < CONFIGURATION_FRESH_MS)
      return this.#known;
    this.#running ??= this.#refresh().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #refresh(): Promise<Configurations> {
    const newest = parseBlock(
      await this.#questions.ask({
        chaincode: 'cscc',
        function: 'GetConfigBlock',
        args: [this.#questions.channel],
      }),
    );
    if (this.#known === undefined || currentOf(this.#known.walk).block !== newest.header.number)
      this.#known = await this.#extend(newest);
    this.#checkedAt = Date.now();
    return this.#known;
  }

  /** Goes back from the newest configuration to the last known one: the block before a configuration names the one before it. */
  async #extend(newest: Block): Promise<Configurations> {
    const last = this.#known?.blocks.at(-1)?.header.number ?? -1;
    const found: Block[] = [];
    for (let block = newest; block.header.number > last;) {
      found.unshift(block);
      if (block.header.number === 0) break;
      const { lastConfig } = await this.block(block.header.number - 1);
      if (lastConfig <= last) break;
      const earlier = await this.block(lastConfig);
      // Nothing is verified yet; a way that leads forward would have no end.
      if (earlier.header.number >= block.header.number)
        throw new RegistryError(
          'LEDGER_UNAVAILABLE',
          `The own peer names block ${earlier.header.number} as the configuration before block ${block.header.number}.`,
        );
      block = earlier;
    }
    return this.#walk(found);
  }

  /** Adds configuration blocks to the known ones, each verified once, under the one before. */
  #walk(found: readonly Block[]): Configurations {
    const blocks = [...(this.#known?.blocks ?? [])];
    let walk = this.#known?.walk;
    for (const block of found) {
      const next = essentialBlock(block, walk === undefined ? undefined : currentOf(walk).config);
      walk = walk === undefined ? startWalk(next, this.#genesisHash) : extendWalk(walk, next);
      blocks.push(next);
    }
    return { blocks, walk: walk ?? verifyWalk(blocks, this.#genesisHash) };
  }

  async block(number: number): Promise<Block> {
    const args = [this.#questions.channel, String(number)];
    return parseBlock(await this.#questions.ask({ chaincode: 'qscc', function: 'GetBlockByNumber', args }));
  }
}
