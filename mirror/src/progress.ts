import { PROGRESS_INTERVAL_MS } from './limits';

const MS_PER_S = 1_000;
const PERCENT = 100;

/** Prints how far long work has come, at most once a second, on stderr so that stdout stays for results. */
export class Progress {
  readonly #what: string;
  readonly #unit: string;
  readonly #started = performance.now();
  #total: number | null;
  #done = 0;
  #printedAt = this.#started;

  constructor(what: string, unit: string, total: number | null) {
    this.#what = what;
    this.#unit = unit;
    this.#total = total;
  }

  /** Seconds since the work began. */
  get elapsed(): number {
    return (performance.now() - this.#started) / MS_PER_S;
  }

  extend(total: number): void {
    this.#total = total;
  }

  add(count: number): void {
    this.#done += count;
    const now = performance.now();
    if (now - this.#printedAt < PROGRESS_INTERVAL_MS) return;
    this.#printedAt = now;
    this.#print();
  }

  finish(): void {
    this.#print();
  }

  #print(): void {
    const share =
      this.#total === null || this.#total === 0
        ? ''
        : ` of ${this.#total} (${Math.floor((this.#done * PERCENT) / this.#total)} %)`;
    const rate = Math.round(this.#done / Math.max(this.elapsed, 1 / MS_PER_S));
    process.stderr.write(
      `${this.#what}: ${this.#done}${share} ${this.#unit}, ${rate}/s, ${this.elapsed.toFixed(1)} s\n`,
    );
  }
}
