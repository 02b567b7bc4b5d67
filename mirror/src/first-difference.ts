import { type ClientBase, escapeIdentifier } from 'pg';
import { SCHEMA } from './migrate';
import { HASHED_TABLES } from './table-hash';

const SHOWN_CHARACTERS = 300;

async function columnsOf(client: ClientBase, table: string, schema: string): Promise<string[]> {
  const without = HASHED_TABLES.find(({ name }) => name === table)?.without ?? [];
  const { rows } = await client.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
      WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position`,
    [schema, table],
  );
  return rows.map(({ name }) => name).filter((name) => !without.includes(name));
}

async function oneRow(client: ClientBase, text: string): Promise<string | null> {
  const { rows } = await client.query<{ row: string }>(text);
  const row = rows[0]?.row;
  return row === undefined ? null : row.slice(0, SHOWN_CHARACTERS);
}

/** Shows one row in which the tables in use and the replayed ones differ, for a person to look at. */
export async function firstDifference(
  client: ClientBase,
  table: string,
  replayed: string,
  height: number,
): Promise<string> {
  const columns = await columnsOf(client, table, replayed);
  const list = columns.map(escapeIdentifier).join(', ');
  // Rows written since the comparison began are no difference.
  const upTo = columns.includes('block') ? ` WHERE block <= ${height}` : '';
  const inUse = `SELECT ${list} FROM ${SCHEMA}.${escapeIdentifier(table)}${upTo}`;
  const fromLedger = `SELECT ${list} FROM ${escapeIdentifier(replayed)}.${escapeIdentifier(table)}${upTo}`;
  const extra = await oneRow(
    client,
    `SELECT row::text AS row FROM (${inUse} EXCEPT ${fromLedger}) AS row LIMIT 1`,
  );
  const missing = await oneRow(
    client,
    `SELECT row::text AS row FROM (${fromLedger} EXCEPT ${inUse}) AS row LIMIT 1`,
  );
  return `in use ${extra ?? '(nothing)'}; from the ledger ${missing ?? '(nothing)'}`;
}
