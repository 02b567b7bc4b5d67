import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';

/** Sums of a range of windows, minor units. */
export interface WindowSums {
  /** Of the windows in the range. */
  readonly sum: string;
  /** Of all windows up to the last one in the range. */
  readonly cumulative: string;
}

/** Windows follow each other without a gap and carry running totals: two rows give the sum of any range. */
const SUMS = `
  WITH totals AS (
    SELECT coalesce((SELECT cumulative FROM registry.stream_windows
        WHERE stream_id = $1 AND number <= $3 ORDER BY number DESC LIMIT 1), 0) AS upto,
      coalesce((SELECT cumulative FROM registry.stream_windows
        WHERE stream_id = $1 AND number < $2 ORDER BY number DESC LIMIT 1), 0) AS before
  )
  SELECT greatest(upto - before, 0)::text AS sum, upto::text AS cumulative FROM totals`;

/** What the windows from `from` to `to`, both included, amount to. */
export async function readWindowSums(
  pool: Pool,
  streamId: string,
  from: number,
  to: number,
): Promise<WindowSums> {
  const values = [streamId, from, to];
  const { rows } = await forRequest(() =>
    pool.query<WindowSums>({ name: 'read_window_sums', text: SUMS, values }),
  );
  return rows[0] ?? { sum: '0', cumulative: '0' };
}
