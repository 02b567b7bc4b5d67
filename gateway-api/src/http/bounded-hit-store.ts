import { type ClientRateLimitInfo, type Options, type Store } from 'express-rate-limit';
import { MAX_COUNTED_CALLERS } from '../limits';

interface Hits {
  count: number;
  /** Milliseconds since the epoch */
  readonly resetAt: number;
}

/**
 * Counts requests per caller in bounded memory. When full, the callers least recently counted are forgotten: an
 * attacker with many addresses can reset counts that way, never exhaust the memory.
 */
export class BoundedHitStore implements Store {
  readonly localKeys = true;
  readonly #capacity: number;
  readonly #hits = new Map<string, Hits>();
  #windowMs = 60_000;

  constructor(capacity = MAX_COUNTED_CALLERS) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#hits.size;
  }

  init(options: Options): void {
    this.#windowMs = options.windowMs;
  }

  increment(key: string): ClientRateLimitInfo {
    const now = Date.now();
    const known = this.#hits.get(key);
    const hits =
      known !== undefined && known.resetAt > now ? known : { count: 0, resetAt: now + this.#windowMs };
    hits.count += 1;
    // Moves the key to the end: the order of a Map is that of insertion.
    this.#hits.delete(key);
    this.#hits.set(key, hits);
    this.#forget();
    return { totalHits: hits.count, resetTime: new Date(hits.resetAt) };
  }

  decrement(key: string): void {
    const hits = this.#hits.get(key);
    if (hits !== undefined && hits.count > 0) hits.count -= 1;
  }

  resetKey(key: string): void {
    this.#hits.delete(key);
  }

  #forget(): void {
    for (const key of this.#hits.keys()) {
      if (this.#hits.size <= this.#capacity) return;
      this.#hits.delete(key);
    }
  }
}
