import { type ClientBase, escapeIdentifier } from 'pg';
import { MIGRATION_LOCK } from './limits';
import { MIGRATIONS, type Migration } from './migrations';

/** The schema in use; readers name it. */
export const SCHEMA = 'registry';

/** A database whose tables are newer than this program knows. */
export class SchemaTooNewError extends Error {
  constructor(found: number, known: number) {
    super(
      `the mirror's tables are at migration ${found}, this program knows ${known}: run the newer mirror, or rebuild with this one`,
    );
    this.name = 'SchemaTooNewError';
  }
}

async function applied(client: ClientBase, schema: string): Promise<ReadonlySet<number>> {
  const name = escapeIdentifier(schema);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${name}`);
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${name}.migrations (number integer PRIMARY KEY, name text NOT NULL)`,
  );
  const { rows } = await client.query<{ number: number }>(`SELECT number FROM ${name}.migrations`);
  return new Set(rows.map(({ number }) => number));
}

async function apply(client: ClientBase, migration: Migration): Promise<void> {
  await client.query(migration.sql);
  await client.query('INSERT INTO migrations (number, name) VALUES ($1, $2)', [
    migration.number,
    migration.name,
  ]);
}

/**
 * Brings a schema to the newest migration, in one transaction and one at a time: a second mirror that starts at the
 * same moment waits and then finds nothing to do.
 *
 * @returns the numbers applied
 * @throws SchemaTooNewError when the tables are ahead of this program
 */
export async function migrate(client: ClientBase, schema: string = SCHEMA): Promise<number[]> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const recorded = await applied(client, schema);
    const current = Math.max(0, ...recorded);
    const newest = MIGRATIONS.at(-1)?.number ?? 0;
    if (current > newest) throw new SchemaTooNewError(current, newest);
    const missing = MIGRATIONS.filter(({ number }) => !recorded.has(number));
    await client.query(`SET LOCAL search_path TO ${escapeIdentifier(schema)}`);
    for (const migration of missing) await apply(client, migration);
    await client.query('COMMIT');
    return missing.map((migration) => migration.number);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
