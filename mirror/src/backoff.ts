import { setTimeout as delay } from 'node:timers/promises';
import { BACKOFF_FIRST_MS, BACKOFF_LONGEST_MS } from './limits';

/** Growing pauses between tries: doubling, bounded, with jitter so that several mirrors do not return in step. */
export class Backoff {
  #failures = 0;

  /** The pause before the next try, in ms. */
  next(random: () => number = Math.random): number {
    const ceiling = Math.min(BACKOFF_LONGEST_MS, BACKOFF_FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    return ceiling / 2 + (ceiling / 2) * random();
  }

  /** After a success. */
  reset(): void {
    this.#failures = 0;
  }
}

/** Waits, or returns early when told to stop. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
