import { setImmediate as turn } from 'node:timers/promises';
import { PROGRESS_INTERVAL_MS, TURN_INTERVAL_MS } from '../limits';

/** Told now and then how many bytes of how many are done. */
export type OnProgress = (done: number, total: number) => void;

/** Called after each chunk of a long work: lets signals and timers in, and reports once a second. */
export class Pace {
  readonly #report: OnProgress | undefined;
  readonly #total: number;
  #nextTurn = Date.now() + TURN_INTERVAL_MS;
  #nextReport = Date.now() + PROGRESS_INTERVAL_MS;

  constructor(report: OnProgress | undefined, total: number) {
    this.#report = report;
    this.#total = total;
  }

  async after(done: number): Promise<void> {
    const now = Date.now();
    if (now < this.#nextTurn) return;
    this.#nextTurn = now + TURN_INTERVAL_MS;
    if (now >= this.#nextReport) {
      this.#nextReport = now + PROGRESS_INTERVAL_MS;
      this.#report?.(done, this.#total);
    }
    await turn();
  }
}
