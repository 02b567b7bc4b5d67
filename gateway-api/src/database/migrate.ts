import { type Pool, type PoolClient } from 'pg';
import { type Migration, MIGRATIONS } from './migrations';

/** Advisory lock under which one gateway at a time prepares the schema. Any fixed number; ASCII of "gateway". */
const MIGRATION_LOCK = '29103408962789753';

/**
 * Brings the schema `gateway` up to date: steps that are not recorded yet run in order, each in its own transaction.
 * Safe to run from several processes at once and again.
 *
 * @returns The number of steps that ran.
 */
export async function migrate(pool: Pool, migrations: readonly Migration[] = MIGRATIONS): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      return await runSteps(client, migrations);
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    }
  } finally {
    client.release();
  }
}

async function runSteps(client: PoolClient, migrations: readonly Migration[]): Promise<number> {
  await client.query('CREATE SCHEMA IF NOT EXISTS gateway');
  await client.query(
    'CREATE TABLE IF NOT EXISTS gateway.migrations (number integer PRIMARY KEY, name text NOT NULL)',
  );
  const { rows } = await client.query<{ number: number }>('SELECT number FROM gateway.migrations');
  const recorded = new Set(rows.map(({ number }) => number));
  const missing = migrations.filter(({ number }) => !recorded.has(number));
  for (const migration of missing) await runStep(client, migration);
  return missing.length;
}

async function runStep(client: PoolClient, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query('INSERT INTO gateway.migrations (number, name) VALUES ($1, $2)', [
      migration.number,
      migration.name,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
