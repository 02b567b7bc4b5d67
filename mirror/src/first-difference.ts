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

/** A row in which the tables in use and the replayed ones differ. */
export interface RowDifference {
  readonly inUse: string | null;
  readonly fromLedger: string | null;
  /** Of the row's last change; null in tables that do not say. */
  readonly block: number | null;
}

async function oneRow(
  client: ClientBase,
  text: string,
  hasBlock: string,
): Promise<[string, number | null] | null> {
  const { rows } = await client.query<{ row: string; block: string | null }>(
    `SELECT row::text AS row, ${hasBlock} AS block FROM (${text}) AS row LIMIT 1`,
  );
  const [found] = rows;
  return found === undefined
    ? null
    : [found.row.slice(0, SHOWN_CHARACTERS), found.block === null ? null : Number(found.block)];
}

const NO_ROW = [null, null] as const;

/** The expression for a row's block. */
function blockOf(table: string, columns: readonly string[]): string {
  if (table === 'blocks') return 'row.number';
  return columns.includes('block') ? 'row.block' : 'NULL';
}

/** Finds one row in which the tables in use and the replayed ones differ, for a person to look at. */
export async function firstDifference(
  client: ClientBase,
  table: string,
  replayed: string,
  height: number,
): Promise<RowDifference> {
  const columns = await columnsOf(client, table, replayed);
  const list = columns.map(escapeIdentifier).join(', ');
  const block = blockOf(table, columns);
  // Rows written since the comparison began are no difference.
  const upTo = columns.includes('block') ? ` WHERE block <= ${height}` : '';
  const inUse = `SELECT ${list} FROM ${SCHEMA}.${escapeIdentifier(table)}${upTo}`;
  const fromLedger = `SELECT ${list} FROM ${escapeIdentifier(replayed)}.${escapeIdentifier(table)}${upTo}`;
  const extra = await oneRow(client, `${inUse} EXCEPT ${fromLedger}`, block);
  const missing = await oneRow(client, `${fromLedger} EXCEPT ${inUse}`, block);
  const [inUseRow, inUseBlock] = extra ?? NO_ROW;
  const [ledgerRow, ledgerBlock] = missing ?? NO_ROW;
  return { inUse: inUseRow, fromLedger: ledgerRow, block: ledgerBlock ?? inUseBlock };
}
