import { createHash } from 'node:crypto';
import { type ClientBase, escapeIdentifier } from 'pg';
import { HASH_PAGE_ROWS } from './limits';
import { DOCUMENT_TABLES } from './projection/document-tables';

/** A table and the columns its rows are ordered by. */
export interface HashedTable {
  readonly name: string;
  readonly key: readonly string[];
  /** Columns that are not a function of the ledger. */
  readonly without: readonly string[];
}

/** Every table that is a function of the ledger alone, in a fixed order. */
export const HASHED_TABLES: readonly HashedTable[] = [
  { name: 'head', key: ['singleton'], without: ['halted'] },
  { name: 'blocks', key: ['number'], without: [] },
  { name: 'transactions', key: ['block', 'tx_index'], without: [] },
  { name: 'writes', key: ['block', 'tx_index', 'ordinal'], without: [] },
  { name: 'state', key: ['namespace', 'collection', 'key_digest'], without: [] },
  { name: 'channel_configs', key: ['block'], without: [] },
  { name: 'subjects', key: ['subject_id', 'block', 'tx_index', 'subject_type'], without: [] },
  ...DOCUMENT_TABLES.map(({ table, columns, keyColumns }) => ({
    name: table,
    key: columns.slice(0, keyColumns).map(([name]) => name),
    without: [],
  })),
];

/** Digest of one table. */
export interface TableDigest {
  readonly table: string;
  readonly rows: number;
  /** Hex SHA-256 over the digests of its rows in key order. */
  readonly digest: string;
}

/** Digests of all tables at one height. */
export interface TablesDigest {
  readonly height: number;
  readonly tables: readonly TableDigest[];
  /** Hex SHA-256 over height, names and digests of all tables. */
  readonly digest: string;
}

/** A row as text does not depend on these: they are fixed for the session, whatever the server's defaults. */
const SETTINGS = `SET LOCAL bytea_output TO hex; SET LOCAL datestyle TO 'ISO, MDY'; SET LOCAL timezone TO 'UTC';
  SET LOCAL extra_float_digits TO 1`;

async function textColumns(client: ClientBase, table: HashedTable): Promise<Map<string, boolean>> {
  const { rows } = await client.query<{ name: string; is_text: boolean }>(
    `SELECT attname AS name, atttypid = 'text'::regtype AS is_text FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table.name],
  );
  return new Map(
    rows.filter(({ name }) => !table.without.includes(name)).map((row) => [row.name, row.is_text]),
  );
}

async function digestTable(
  client: ClientBase,
  table: HashedTable,
  onRows: (rows: number) => void,
): Promise<TableDigest> {
  const columns = await textColumns(client, table);
  const list = [...columns.keys()].map(escapeIdentifier).join(', ');
  const order = table.key.map(
    (name) => escapeIdentifier(name) + (columns.get(name) === true ? ' COLLATE "C"' : ''),
  );
  await client.query(
    `DECLARE digests NO SCROLL CURSOR FOR SELECT sha256(convert_to(ROW(${list})::text, 'UTF8')) AS digest
      FROM ${escapeIdentifier(table.name)} ORDER BY ${order.join(', ')}`,
  );
  const hash = createHash('sha256');
  let rows = 0;
  for (;;) {
    const page = await client.query<{ digest: Buffer }>(`FETCH ${HASH_PAGE_ROWS} FROM digests`);
    for (const { digest } of page.rows) hash.update(digest);
    rows += page.rows.length;
    onRows(page.rows.length);
    if (page.rows.length < HASH_PAGE_ROWS) break;
  }
  await client.query('CLOSE digests');
  return { table: table.name, rows, digest: hash.digest('hex') };
}

/**
 * Digests every table in one snapshot: what it says holds for one height, however fast the mirror writes meanwhile.
 *
 * @param client whose search path is the schema to digest
 */
export async function digestTables(
  client: ClientBase,
  onRows: (rows: number) => void,
): Promise<TablesDigest> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await client.query(SETTINGS);
    const { rows } = await client.query<{ height: string }>('SELECT height FROM head');
    const height = Number(rows[0]?.height ?? -1);
    const tables: TableDigest[] = [];
    for (const table of HASHED_TABLES) tables.push(await digestTable(client, table, onRows));
    const hash = createHash('sha256').update(`${height}\n`);
    for (const { table, digest } of tables) hash.update(`${table} ${digest}\n`);
    return { height, tables, digest: hash.digest('hex') };
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
