const MS_PER_SECOND = 1_000;

export interface Clock {
  /** Unix seconds. */
  readonly now: () => number;
}

/**
 * Unix time that never goes back while the guard runs: the wall clock, or the time since the start on the monotonic clock
 * where that is later. Whoever sets the wall clock back would otherwise keep a stale list fresh for ever.
 */
export class SteadyClock implements Clock {
  readonly #startWall: number;
  readonly #startSteady: number;
  #latest: number;

  /** `floor`: a time (Unix seconds) that has certainly been, such as that of the newest list seen. */
  constructor(floor = 0) {
    this.#startWall = Math.max(Date.now(), floor * MS_PER_SECOND);
    this.#startSteady = performance.now();
    this.#latest = this.#startWall;
  }

  /** Unix seconds. */
  now(): number {
    const steady = this.#startWall + (performance.now() - this.#startSteady);
    this.#latest = Math.max(this.#latest, Date.now(), steady);
    return Math.floor(this.#latest / MS_PER_SECOND);
  }
}
