import { type Pool } from 'pg';

/**
 * Runs work while no other process that shares the database runs work under the same lock. For steps of the start: the
 * connection is held meanwhile.
 *
 * @param lock advisory lock, any number of 63 bits that nothing else uses
 */
export async function exclusively<T>(pool: Pool, lock: string, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lock]);
    try {
      return await work();
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [lock]);
    }
  } finally {
    client.release();
  }
}
