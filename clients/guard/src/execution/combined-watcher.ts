import { type CombinedLists, isRegistryError, ListIndex } from '@maker-registry/protocol';
import { isClientError, type ListHolder } from '@maker-registry/sdk';
import { errorFields, type Tell } from '../events';
import { COMBINED_WAIT_S, LIST_RETRY_MS } from '../limits';
import { type Clock } from './clock';
import { isAborted, pause } from './pause';

/** Keeps the newest lists at hand for which as many operators vouch as this machine asks for. */
export class CombinedWatcher {
  readonly #holder: Pick<ListHolder, 'accepted' | 'update' | 'drop'>;
  readonly #clock: Clock;
  readonly #tell: Tell;
  #latest: CombinedLists | undefined;
  #number = -1;
  #trouble: string | undefined;

  constructor(holder: Pick<ListHolder, 'accepted' | 'update' | 'drop'>, clock: Clock, tell: Tell) {
    this.#holder = holder;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** The newest lists accepted by this process, indexed. */
  get latest(): CombinedLists | undefined {
    return this.#latest;
  }

  /**
   * Fetches now. A gateway that is away, or too few operators that answer, leave what there is: the risk class then decides.
   * Lists that are not acceptable throw their RegistryError.
   */
  async fetchNow(): Promise<void> {
    try {
      await this.#fetch({});
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.#report(error);
    }
  }

  /** Follows the lists by long polls until `signal`; calls `onLists` for each accepted answer. Never throws. */
  async follow(signal: AbortSignal, onLists: () => void): Promise<void> {
    while (!isAborted(signal)) {
      try {
        const started = performance.now();
        await this.#fetch({ after: Math.max(0, this.#number), waitS: COMBINED_WAIT_S, signal });
        onLists();
        // A gateway that answers at once without news must not be asked in a tight loop.
        if (performance.now() - started < LIST_RETRY_MS) await pause(LIST_RETRY_MS, signal);
      } catch (error) {
        if (isAborted(signal)) return;
        this.#report(error);
        await pause(LIST_RETRY_MS, signal);
      }
    }
  }

  async #fetch(request: Parameters<ListHolder['update']>[1]): Promise<void> {
    const before = this.#holder.accepted;
    const { contents, thisUpdate, alarms, height } = await this.#holder.update(this.#clock.now(), request);
    const isSame =
      before !== undefined &&
      [...contents].every(([scope, one]) => before.contents.get(scope)?.header.number === one.header.number);
    const index = isSame && this.#latest !== undefined ? this.#latest.index : new ListIndex(contents);
    this.#latest = { index, this_update: thisUpdate };
    this.#number = Math.max(0, ...[...contents.values()].map(({ header }) => header.number));
    for (const { code, message, subject } of alarms) this.#tell('warning', { code, message, subject });
    if (this.#trouble !== undefined || !isSame) {
      this.#tell('list', { number: this.#number, height, this_update: thisUpdate, issuer: 'combined' });
    }
    this.#trouble = undefined;
  }

  /** Tells of a trouble once, not at every try. */
  #report(error: unknown): void {
    const fields = errorFields(error);
    if (fields.code !== this.#trouble) this.#tell('warning', fields);
    this.#trouble = fields.code;
    if (!isRegistryError(error) || error.code !== 'LIST_EQUIVOCATION') return;
    this.#latest = undefined;
    this.#holder.drop();
  }
}

function isOutage(error: unknown): boolean {
  return isClientError(error) || (isRegistryError(error) && error.code === 'LIST_THRESHOLD');
}
