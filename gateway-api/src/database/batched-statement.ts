import { MAX_BATCH_BYTES, MAX_BATCH_ROWS } from '../limits';

interface Entry<Row, Result> {
  readonly row: Row;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes rows with one statement; results in the order of the rows. */
export type WriteRows<Row, Result> = (rows: readonly Row[]) => Promise<readonly Result[]>;

/**
 * Collects rows while a statement is under way and writes them together by the next one. Alone, a row is written at
 * once; under load, a commit of the database serves many operations.
 */
export class BatchedStatement<Row, Result> {
  readonly #write: WriteRows<Row, Result>;
  readonly #sizeOf: (row: Row) => number;
  #queue: Entry<Row, Result>[] = [];
  #running = false;

  /** @param sizeOf bytes of a row, for rows that may be large */
  constructor(write: WriteRows<Row, Result>, sizeOf: (row: Row) => number = () => 0) {
    this.#write = write;
    this.#sizeOf = sizeOf;
  }

  run(row: Row): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ row, resolve, reject });
      if (!this.#running) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, this.#fitting());
      this.#queue = this.#queue.slice(batch.length);
      await this.#flush(batch);
    }
    this.#running = false;
  }

  /** How many of the rows waiting one statement takes; at least one, however large. */
  #fitting(): number {
    let bytes = 0;
    const ahead = this.#queue.slice(0, MAX_BATCH_ROWS);
    const tooMany = ahead.findIndex(({ row }, index) => {
      bytes += this.#sizeOf(row);
      return bytes > MAX_BATCH_BYTES && index > 0;
    });
    return tooMany < 0 ? ahead.length : tooMany;
  }

  async #flush(batch: readonly Entry<Row, Result>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map((entry) => entry.row));
      batch.forEach((entry, index) => {
        const result = results[index];
        if (index < results.length) entry.resolve(result as Result);
        else entry.reject(new Error('The statement gave fewer results than rows'));
      });
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }
}
