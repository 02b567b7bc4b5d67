import { type Network } from '@hyperledger/fabric-gateway';
import {
  type Block,
  type ConfigTree,
  configBytesOf,
  parseBlock,
  parseConfigTree,
} from '@maker-registry/fabric-proofs';
import { RegistryError } from '@maker-registry/protocol';
import { MAX_CONFIGURATION_PAGE_BYTES } from './limits';

/** A configuration of the channel with the block that brought it. */
export interface ChannelConfiguration {
  readonly number: number;
  readonly block: Uint8Array;
  readonly tree: ConfigTree;
}

/** Configuration blocks in order; `more` says that later ones exist. */
export interface ConfigurationPage {
  readonly items: readonly { readonly number: number; readonly block: Uint8Array }[];
  readonly more: boolean;
}

/** The channel's configurations as the own peer has them. */
export class ChannelConfigurations {
  readonly #network: Pick<Network, 'getName' | 'getContract'>;
  /** Numbers of the configuration blocks from the genesis block to the newest known one: they never change. */
  #numbers: readonly number[] = [0];

  constructor(network: Pick<Network, 'getName' | 'getContract'>) {
    this.#network = network;
  }

  get channel(): string {
    return this.#network.getName();
  }

  /** The configuration in force. @throws RegistryError LEDGER_UNAVAILABLE */
  async current(): Promise<ChannelConfiguration> {
    const block = await this.#ask('cscc', 'GetConfigBlock');
    const parsed = parseBlock(block);
    return { number: parsed.header.number, block, tree: parseConfigTree(configOf(parsed)) };
  }

  /** Configuration blocks with a number of at least `from`, as many as a page takes. */
  async page(from: number): Promise<ConfigurationPage> {
    await this.#learn();
    const wanted = this.#numbers.filter((number) => number >= from);
    const items: { number: number; block: Uint8Array }[] = [];
    let size = 0;
    for (const number of wanted) {
      const block = await this.#ask('qscc', 'GetBlockByNumber', String(number));
      size += block.length;
      if (items.length > 0 && size > MAX_CONFIGURATION_PAGE_BYTES) break;
      items.push({ number, block });
    }
    return { items, more: items.length < wanted.length };
  }

  /** Each block names the newest configuration before it, so the way leads back from the present one. */
  async #learn(): Promise<void> {
    const known = this.#numbers.at(-1) ?? 0;
    const found: number[] = [];
    for (let number = (await this.current()).number; number > known;) {
      found.unshift(number);
      const before = parseBlock(await this.#ask('qscc', 'GetBlockByNumber', String(number - 1)));
      const next = before.header.number === 0 ? 0 : before.lastConfig;
      // Nothing of these blocks is verified here; a way that leads forward would have no end.
      if (next >= number)
        throw new RegistryError(
          'LEDGER_UNAVAILABLE',
          `The own peer names block ${next} as the configuration before block ${number}.`,
        );
      number = next;
    }
    // A second caller may have learned the same meanwhile.
    const last = this.#numbers.at(-1) ?? 0;
    this.#numbers = [...this.#numbers, ...found.filter((number) => number > last)];
  }

  async #ask(contract: 'qscc' | 'cscc', name: string, ...args: string[]): Promise<Uint8Array> {
    try {
      return await this.#network.getContract(contract).evaluateTransaction(name, this.channel, ...args);
    } catch (cause) {
      throw new RegistryError('LEDGER_UNAVAILABLE', 'The own peer does not tell the configuration.', {
        cause,
      });
    }
  }
}

function configOf(block: Block): Uint8Array {
  const bytes = configBytesOf(block);
  if (bytes !== null) return bytes;
  throw new RegistryError('INTERNAL', `The peer gave block ${block.header.number} as a configuration.`);
}
