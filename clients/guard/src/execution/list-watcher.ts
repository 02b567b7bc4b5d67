import { isRegistryError, type RevocationList } from '@maker-registry/protocol';
import { isClientError, type Trust } from '@maker-registry/sdk';
import { errorFields, type Tell } from '../events';
import { LIST_RETRY_MS, LIST_WAIT_S } from '../limits';
import { type ListMemory } from '../state/list-memory';
import { type Clock } from './clock';
import { isAborted, pause } from './pause';

/** Where lists come from: a gateway. */
export type ListSource = Pick<Trust, 'revocationList'>;

/** Keeps the newest acceptable revocation list at hand. */
export class ListWatcher {
  readonly #trust: ListSource;
  readonly #memory: ListMemory;
  readonly #clock: Clock;
  readonly #tell: Tell;
  #latest: RevocationList | undefined;
  #trouble: string | undefined;

  constructor(trust: ListSource, memory: ListMemory, clock: Clock, tell: Tell) {
    this.#trust = trust;
    this.#memory = memory;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** The newest list accepted by this process. */
  get latest(): RevocationList | undefined {
    return this.#latest;
  }

  /** Fetches a list now. A gateway that is away leaves none; a list that is not acceptable throws its RegistryError. */
  async fetchNow(): Promise<void> {
    try {
      await this.#fetch({});
    } catch (error) {
      if (!isClientError(error)) throw error;
      this.#report(error);
    }
  }

  /** Follows the list by long polls until `signal`; calls `onList` for each one accepted. Never throws. */
  async follow(signal: AbortSignal, onList: () => void): Promise<void> {
    while (!isAborted(signal)) {
      const started = performance.now();
      try {
        const after = this.#latest?.number;
        const isNew = await this.#fetch({
          waitS: LIST_WAIT_S,
          signal,
          ...(after === undefined ? {} : { after }),
        });
        if (isNew) onList();
        // A gateway that answers at once without news must not be asked in a tight loop.
        if (!isNew && performance.now() - started < LIST_RETRY_MS) await pause(LIST_RETRY_MS, signal);
      } catch (error) {
        if (isAborted(signal)) return;
        this.#report(error);
        await pause(LIST_RETRY_MS, signal);
      }
    }
  }

  async #fetch(request: Parameters<Trust['revocationList']>[0]): Promise<boolean> {
    const fetched = await this.#trust.revocationList(request);
    if (fetched === undefined) return false;
    const { list } = await this.#memory.accept(fetched.envelope, this.#clock.now());
    const isNew = list.number !== this.#latest?.number || list.height !== this.#latest.height;
    this.#latest = list;
    if (this.#trouble !== undefined || isNew) {
      this.#tell('list', {
        number: list.number,
        height: list.height,
        this_update: list.this_update,
        issuer: list.issuer,
      });
    }
    this.#trouble = undefined;
    return isNew;
  }

  /** Tells of a trouble once, not at every try. */
  #report(error: unknown): void {
    const fields = errorFields(error);
    if (fields.code !== this.#trouble) this.#tell('warning', fields);
    this.#trouble = fields.code;
    if (isRegistryError(error) && error.code === 'LIST_EQUIVOCATION') this.#latest = undefined;
  }
}
