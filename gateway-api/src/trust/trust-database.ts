import { type Pool, type QueryResultRow } from 'pg';
import { forRequest } from '../database/database-error';
import { PURGE_ROWS, RETENTION_S } from './limits';

/** Runs one statement for a request; a database that is away becomes MIRROR_UNAVAILABLE. */
export async function query<Row extends QueryResultRow>(
  pool: Pick<Pool, 'query'>,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const { rows } = await forRequest(() => pool.query<Row>(text, [...values]));
  return rows;
}

type ShortLived = 'challenges' | 'enrollments' | 'request_nonces' | 'release_sessions';

/** Removes some rows that have lapsed long ago. */
export async function purge(pool: Pool, table: ShortLived): Promise<void> {
  await query(
    pool,
    `DELETE FROM gateway.${table} WHERE ctid IN (
       SELECT ctid FROM gateway.${table} WHERE expires_at < now() - make_interval(secs => $1) LIMIT $2)`,
    [RETENTION_S, PURGE_ROWS],
  );
}
