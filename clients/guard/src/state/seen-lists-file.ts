import { parseSeenRegistryLists, type SeenRegistryLists } from '@maker-registry/protocol';
import { type SeenStore } from '@maker-registry/sdk';
import { type StateDirectory } from './state-directory';

const FILE = 'registry-lists.json';

/** What has been accepted of combined lists, kept across restarts. */
export class SeenListsFile implements SeenStore {
  readonly #state: StateDirectory;
  readonly #network: string;

  constructor(state: StateDirectory, network: string) {
    this.#state = state;
    this.#network = network;
  }

  /** Undefined at first, and for another network. Throws STATE_MALFORMED. */
  readonly read = async (): Promise<SeenRegistryLists | undefined> => {
    const value = await this.#state.read(FILE);
    if (value === undefined) return undefined;
    const seen = this.#parsed(value);
    return seen.network === this.#network ? seen : undefined;
  };

  /** Another guard of this machine may have accepted a newer list meanwhile: numbers never go back. */
  readonly write = async (seen: SeenRegistryLists): Promise<void> => {
    await this.#state.exclusively(FILE, async () => {
      const kept = await this.read();
      await this.#state.write(FILE, kept === undefined ? seen : newest(kept, seen));
    });
  };

  #parsed(value: unknown): SeenRegistryLists {
    try {
      return parseSeenRegistryLists(value);
    } catch (error) {
      throw this.#state.malformed(FILE, error);
    }
  }
}

/** Of each scope the higher number, unless the newer one was accepted because the older one no longer binds. */
function newest(kept: SeenRegistryLists, seen: SeenRegistryLists): SeenRegistryLists {
  const scopes = Object.entries(seen.scopes).map(([scope, list]) => {
    const known = kept.scopes[scope as keyof typeof kept.scopes];
    const isSameTrust = known?.signers.some((keyid) => list.signers.includes(keyid)) ?? false;
    return [scope, known !== undefined && isSameTrust && known.number > list.number ? known : list] as const;
  });
  return { ...seen, scopes: Object.fromEntries(scopes) };
}
