import { type ClientBase } from 'pg';
import { type TypedTable } from './projection/document-table';
import { DOCUMENT_TABLES } from './projection/document-tables';
import { type BlockRows, type DocumentRow, type StateRow } from './projection/rows';

/** Another writer advanced the head, or the tables were rebuilt: what was prepared no longer fits. */
export class HeadMovedError extends Error {
  constructor(expected: number) {
    super(`the head is no longer at block ${expected}: another mirror wrote, or the tables were rebuilt`);
    this.name = 'HeadMovedError';
  }
}

/** NOTIFY channel whose payload is the new height. */
export const HEAD_CHANNEL = 'registry_head';

type Column = readonly [name: string, type: string];
type Row = readonly unknown[];
/** A statement on its way. All of a batch are sent before the first answer is awaited; they run in the order sent. */
type Sent = Promise<unknown>;

/**
 * One INSERT of many rows: each column travels as one array, so that a statement's text does not depend on the number of
 * rows and PostgreSQL plans it once.
 */
function insertText(table: string, columns: readonly Column[], conflict: string): string {
  const names = columns.map(([name]) => name).join(', ');
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ');
  return `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays})${conflict}`;
}

function transpose(rows: readonly Row[], columns: number): unknown[][] {
  return Array.from({ length: columns }, (_unused, column) => rows.map((row) => row[column] ?? null));
}

class Insert {
  readonly #name: string;
  readonly #text: string;
  readonly #width: number;

  constructor(table: string, columns: readonly Column[], conflict = '') {
    this.#name = `insert-${table}`;
    this.#text = insertText(table, columns, conflict);
    this.#width = columns.length;
  }

  send(client: ClientBase, rows: readonly Row[]): Sent[] {
    if (rows.length === 0) return [];
    return [client.query({ name: this.#name, text: this.#text, values: transpose(rows, this.#width) })];
  }
}

const BLOCKS = new Insert('blocks', [
  ['number', 'bigint'],
  ['header_hash', 'text'],
  ['previous_hash', 'text'],
  ['data_hash', 'text'],
  ['commit_hash', 'text'],
  ['tx_count', 'integer'],
  ['valid_count', 'integer'],
  ['last_config', 'bigint'],
  ['ledger_time', 'bigint'],
]);

const WRITES = new Insert('writes', [
  ['block', 'bigint'],
  ['tx_index', 'integer'],
  ['ordinal', 'integer'],
  ['namespace', 'text'],
  ['collection', 'text'],
  ['key', 'bytea'],
  ['is_delete', 'boolean'],
  ['is_metadata', 'boolean'],
  ['value', 'bytea'],
]);

const SUBJECTS = new Insert('subjects', [
  ['subject_id', 'text'],
  ['block', 'bigint'],
  ['tx_index', 'integer'],
  ['subject_type', 'text'],
  ['relation', 'text'],
]);

const STATE = new Insert(
  'state',
  [
    ['namespace', 'text'],
    ['collection', 'text'],
    ['key', 'bytea'],
    ['value', 'bytea'],
    ['block', 'bigint'],
    ['tx_index', 'integer'],
  ],
  ` ON CONFLICT (namespace, collection, key_digest)
    DO UPDATE SET value = EXCLUDED.value, block = EXCLUDED.block, tx_index = EXCLUDED.tx_index`,
);

/** The MSP ids of a transaction's endorsers travel as one text, for arrays of arrays must be rectangular. */
const TRANSACTIONS = `INSERT INTO transactions (block, tx_index, tx_id, type, validation_code, creator_msp, creator_subject,
    creator_role, chaincode, function, argument, intent_id, intent_type, actor, endorsers, ledger_time)
  SELECT block, tx_index, tx_id, type, validation_code, creator_msp, creator_subject, creator_role, chaincode, function,
    argument, intent_id, intent_type, actor, endorsers::text[], ledger_time
  FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[])
    AS row (block, tx_index, tx_id, type, validation_code, creator_msp, creator_subject, creator_role, chaincode, function,
      argument, intent_id, intent_type, actor, endorsers, ledger_time)`;

const TRANSACTION_COLUMNS = 16;

function textArray(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`);
  return `{${quoted.join(',')}}`;
}

function sendTransactions(client: ClientBase, batch: readonly BlockRows[]): Sent[] {
  const rows = batch.flatMap(({ transactions }) =>
    transactions.map((row) => [
      row.block,
      row.txIndex,
      row.txId,
      row.type,
      row.validationCode,
      row.creatorMsp,
      row.creatorSubject,
      row.creatorRole,
      row.chaincode,
      row.function,
      row.argument,
      row.intentId,
      row.intentType,
      row.actor,
      textArray(row.endorsers),
      row.ledgerTime,
    ]),
  );
  if (rows.length === 0) return [];
  const values = transpose(rows, TRANSACTION_COLUMNS);
  return [client.query({ name: 'insert-transactions', text: TRANSACTIONS, values })];
}

/** The last state of each key in the batch; an INSERT may touch a row only once. */
function lastByKey<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  const last = new Map<string, Item>();
  for (const item of items) last.set(key(item), item);
  return [...last.values()];
}

const DELETE_STATE = `DELETE FROM state
  USING unnest($1::text[], $2::text[], $3::bytea[]) AS gone (namespace, collection, key)
  WHERE state.namespace = gone.namespace AND state.collection = gone.collection AND state.key_digest = sha256(gone.key)`;

function stateId({ namespace, collection, key }: StateRow): string {
  return `${namespace}\u0000${collection}\u0000${Buffer.from(key).toString('latin1')}`;
}

function sendState(client: ClientBase, batch: readonly BlockRows[]): Sent[] {
  const rows = lastByKey(
    batch.flatMap(({ state }) => state),
    stateId,
  );
  const kept = rows.filter(({ value }) => value !== null);
  const sent = STATE.send(
    client,
    kept.map((row) => [row.namespace, row.collection, row.key, row.value, row.block, row.txIndex]),
  );
  const gone = rows.filter(({ value }) => value === null);
  if (gone.length === 0) return sent;
  const values = [
    gone.map((row) => row.namespace),
    gone.map((row) => row.collection),
    gone.map((row) => row.key),
  ];
  return [...sent, client.query({ name: 'delete-state', text: DELETE_STATE, values })];
}

/** How one typed table is written. created_* keep the first write's place unless the object was deleted in between. */
class DocumentWriter {
  readonly table: TypedTable;
  readonly #insert: Insert;

  constructor(table: TypedTable) {
    this.table = table;
    const own = table.columns.map(([name]) => name);
    const key = own.slice(0, table.keyColumns).join(', ');
    const updated = [...own.slice(table.keyColumns), 'doc', 'block', 'tx_index'];
    const set = updated.map((name) => `${name} = EXCLUDED.${name}`).join(', ');
    const columns: Column[] = [
      ...table.columns,
      ['doc', 'jsonb'],
      ['created_block', 'bigint'],
      ['created_tx_index', 'integer'],
      ['block', 'bigint'],
      ['tx_index', 'integer'],
    ];
    this.#insert = new Insert(table.table, columns, ` ON CONFLICT (${key}) DO UPDATE SET ${set}`);
  }

  /** Deletions first: what is written after its deletion is a new object, what is deleted last stays away. */
  send(client: ClientBase, rows: readonly DocumentRow[]): Sent[] {
    const sent: Sent[] = [];
    const created = new Map<string, DocumentRow>();
    const last = new Map<string, DocumentRow>();
    for (const row of rows) {
      const id = this.#id(row);
      if (row.doc === null) {
        sent.push(this.#delete(client, row));
        for (const rows of [created, last]) forget(rows, id);
        continue;
      }
      if (!created.has(id)) created.set(id, row);
      last.set(id, row);
    }
    const inserted = [...last].map(([id, row]) => {
      const first = created.get(id) ?? row;
      return [...row.values, row.doc, first.block, first.txIndex, row.block, row.txIndex];
    });
    return [...sent, ...this.#insert.send(client, inserted)];
  }

  #id(row: DocumentRow): string {
    return row.values.slice(0, this.table.keyColumns).map(String).join('\u0000');
  }

  #delete(client: ClientBase, row: DocumentRow): Sent {
    const key = this.table.columns.slice(0, Math.min(this.table.keyColumns, row.values.length));
    const condition = key.map(([name], index) => `${name} = $${index + 1}`).join(' AND ');
    return client.query(
      `DELETE FROM ${this.table.table} WHERE ${condition}`,
      row.values.slice(0, key.length),
    );
  }
}

/** Removes a row, or all whose key begins so. */
function forget(rows: Map<string, DocumentRow>, id: string): void {
  for (const key of rows.keys()) if (key === id || key.startsWith(`${id}\u0000`)) rows.delete(key);
}

const DOCUMENT_WRITERS = DOCUMENT_TABLES.map((table) => new DocumentWriter(table));

function byTable(rows: readonly DocumentRow[]): Map<TypedTable, DocumentRow[]> {
  const groups = new Map<TypedTable, DocumentRow[]>();
  for (const row of rows) {
    const group = groups.get(row.table);
    if (group === undefined) groups.set(row.table, [row]);
    else group.push(row);
  }
  return groups;
}

function sendDocuments(client: ClientBase, batch: readonly BlockRows[]): Sent[] {
  const rows = byTable(batch.flatMap(({ documents }) => documents));
  return DOCUMENT_WRITERS.flatMap((writer) => writer.send(client, rows.get(writer.table) ?? []));
}

const CONFIGS = `INSERT INTO channel_configs (block, sequence, consenters, quorum, msp_ids, config)
  VALUES ($1, $2, $3, $4, $5, $6)`;

function sendConfigs(client: ClientBase, batch: readonly BlockRows[]): Sent[] {
  return batch
    .map(({ config }) => config)
    .filter((config) => config !== null)
    .map(({ block, sequence, consenters, quorum, mspIds, config }) =>
      client.query(CONFIGS, [block, sequence, consenters, quorum, mspIds, config]),
    );
}

/** Moves the head first: its row lock keeps any other writer out until this transaction ends. */
async function advanceHead(client: ClientBase, batch: readonly BlockRows[]): Promise<void> {
  const first = batch[0]?.block;
  const last = batch.at(-1)?.block;
  if (first === undefined || last === undefined) return;
  const genesis = first.number === 0 ? first.headerHash : null;
  const { rowCount } = await client.query({
    name: 'advance-head',
    text: `UPDATE head SET height = $2, header_hash = $3, commit_hash = $4, genesis_hash = coalesce(genesis_hash, $5),
      halted = NULL WHERE height = $1`,
    values: [first.number - 1, last.number, last.headerHash, last.commitHash, genesis],
  });
  if (rowCount !== 1) throw new HeadMovedError(first.number - 1);
}

function sendBlocks(client: ClientBase, batch: readonly BlockRows[]): Sent[] {
  const rows = batch.map(({ block: row }) => [
    row.number,
    row.headerHash,
    row.previousHash,
    row.dataHash,
    row.commitHash,
    row.txCount,
    row.validCount,
    row.lastConfig,
    row.ledgerTime,
  ]);
  return BLOCKS.send(client, rows);
}

function sendWrites(client: ClientBase, batch: readonly BlockRows[]): Sent[] {
  const rows = batch.flatMap(({ writes }) =>
    writes.map((row) => [
      row.block,
      row.txIndex,
      row.ordinal,
      row.namespace,
      row.collection,
      row.key,
      row.isDelete,
      row.isMetadata,
      row.value,
    ]),
  );
  return WRITES.send(client, rows);
}

function sendSubjects(client: ClientBase, batch: readonly BlockRows[]): Sent[] {
  const rows = batch.flatMap(({ subjects }) =>
    subjects.map((row) => [row.subjectId, row.block, row.txIndex, row.subjectType, row.relation]),
  );
  return SUBJECTS.send(client, rows);
}

/** Waits for all statements, then throws the first error if there was one. */
async function settle(sent: readonly Sent[]): Promise<void> {
  const results = await Promise.allSettled(sent);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/**
 * Writes consecutive blocks and moves the head over them, in one transaction: all of it or nothing, once.
 *
 * Two round trips on a pipelining connection: the head first, then everything else with the COMMIT, which PostgreSQL
 * turns into a ROLLBACK when any statement before it failed.
 *
 * @param client whose search path is the schema to write to
 * @param announce whether readers are told by NOTIFY
 * @throws HeadMovedError when the head is not at the block before the first
 */
export async function writeBatch(
  client: ClientBase,
  batch: readonly BlockRows[],
  announce: boolean,
): Promise<void> {
  const last = batch.at(-1);
  if (last === undefined) return;
  try {
    await settle([client.query('BEGIN'), advanceHead(client, batch)]);
    const notice = [HEAD_CHANNEL, String(last.block.number)];
    await settle([
      ...sendBlocks(client, batch),
      ...sendTransactions(client, batch),
      ...sendWrites(client, batch),
      ...sendState(client, batch),
      ...sendDocuments(client, batch),
      ...sendSubjects(client, batch),
      ...sendConfigs(client, batch),
      ...(announce
        ? [client.query({ name: 'notify-head', text: 'SELECT pg_notify($1, $2)', values: notice })]
        : []),
      client.query('COMMIT'),
    ]);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
