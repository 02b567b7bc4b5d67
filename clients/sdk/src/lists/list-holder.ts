import {
  type AcceptedRegistryLists,
  checkRegistryLists,
  isRegistryError,
  ListIndex,
  type ListKey,
  type ListScope,
  RegistryError,
  type SeenRegistryLists,
} from '@maker-registry/protocol';
import { type RegistryListReads, type RegistryListRequest } from '../client/registry-lists';

/** Whom a client believes about lists. */
export interface ListTrust {
  /** List keys of the pinned operators. */
  readonly keys: readonly ListKey[];
  /** How many of them have to vouch for a list. */
  readonly threshold: number;
  /** Genesis hash, hex. */
  readonly network: string;
}

/** Where what was seen is kept; a store that survives restarts catches an operator that brings back an old list. */
export interface SeenStore {
  readonly read: () => Promise<SeenRegistryLists | undefined>;
  readonly write: (seen: SeenRegistryLists) => Promise<void>;
}

type ListSource = Pick<RegistryListReads, 'combined'>;

/** Codes after which the whole list is asked for: what was held does not fit what came. */
const HELD_UNFIT: ReadonlySet<string> = new Set([
  'LIST_DELTA_BASE',
  'LIST_CHAIN_BROKEN',
  'LIST_ROOT_MISMATCH',
  'LIST_INCOMPLETE',
]);

/** Holds the newest combined lists that were accepted, and brings them up to date by deltas. */
export class ListHolder {
  readonly #source: ListSource;
  readonly #trust: ListTrust;
  readonly #store: SeenStore;
  #accepted: AcceptedRegistryLists | undefined;

  constructor(source: ListSource, trust: ListTrust, store: SeenStore) {
    this.#source = source;
    this.#trust = trust;
    this.#store = store;
  }

  /** The newest lists accepted by this process. */
  get accepted(): AcceptedRegistryLists | undefined {
    return this.#accepted;
  }

  /** Forgets what is held: for a client that was shown two ledgers. */
  drop(): void {
    this.#accepted = undefined;
  }

  /**
   * Fetches and accepts; the age of the lists is the caller's to judge.
   *
   * @param now Unix seconds
   * @throws RegistryError as checkRegistryLists; LIST_INCOMPLETE when the gateway leaves out a part
   */
  async update(now: number, request: Omit<RegistryListRequest, 'have'> = {}): Promise<AcceptedRegistryLists> {
    const held = this.#accepted;
    try {
      return await this.#take(now, { ...request, ...(held === undefined ? {} : { have: numbersOf(held) }) });
    } catch (error) {
      if (held === undefined || !isRegistryError(error) || !HELD_UNFIT.has(error.code)) throw error;
      return await this.#take(now, request.signal === undefined ? {} : { signal: request.signal });
    }
  }

  async #take(now: number, request: RegistryListRequest): Promise<AcceptedRegistryLists> {
    const document = await this.#source.combined(request);
    const seen = await this.#store.read();
    const held = request.have === undefined ? undefined : this.#accepted?.contents;
    const accepted = checkRegistryLists(document, {
      ...this.#trust,
      seen,
      held,
      now,
      // Every statement that is not from the future is taken; what it is still good for its reader knows.
      maxAgeS: Number.MAX_SAFE_INTEGER,
    });
    assertComplete(accepted);
    await this.#store.write(accepted.seen);
    this.#accepted = accepted;
    return accepted;
  }
}

/** A newer list without its entries must not take the place of the restrictions that are known. */
function assertComplete({ contents }: AcceptedRegistryLists): void {
  const [scope] = new ListIndex(contents).incomplete;
  if (scope === undefined) return;
  throw new RegistryError('LIST_INCOMPLETE', `The gateway left out parts of the list of ${scope}.`, {
    subject: scope,
  });
}

function numbersOf({ contents }: AcceptedRegistryLists): ReadonlyMap<ListScope, number> {
  return new Map([...contents].map(([scope, { header }]) => [scope, header.number]));
}
