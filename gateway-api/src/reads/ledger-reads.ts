import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { DEFAULT_PAGE_SIZE } from '../limits';
import { type Page } from './listing';

const TRANSACTION = `
  t.block, t.tx_index, t.tx_id, t.type, t.validation_code, t.creator_msp, t.creator_role, t.chaincode, t.function,
  t.intent_id, t.intent_type, t.actor, t.endorsers, t.ledger_time`;

interface TransactionRow {
  readonly block: string;
  readonly tx_index: number;
  readonly ledger_time: string | null;
  readonly argument?: string | null;
}

type Document = Readonly<Record<string, unknown>>;

/** A transaction by its id: the first of that id, for later copies are marked DUPLICATE_TXID. */
export async function readTransaction(pool: Pool, txId: string): Promise<Document | undefined> {
  const { rows } = await forRequest(() =>
    pool.query<TransactionRow>({
      name: 'read_transaction',
      text: `SELECT ${TRANSACTION}, t.argument FROM registry.transactions AS t
             WHERE t.tx_id = $1 ORDER BY t.block, t.tx_index LIMIT 1`,
      values: [txId],
    }),
  );
  return rows[0] === undefined ? undefined : transactionDocument(rows[0]);
}

/** A block with the ids and outcomes of its transactions. */
export async function readBlock(pool: Pool, number: number): Promise<Document | undefined> {
  const { rows } = await forRequest(() =>
    pool.query<Document & { readonly ledger_time: string | null; readonly last_config: string | null }>({
      name: 'read_block',
      text: `SELECT b.number, b.header_hash, b.previous_hash, b.data_hash, b.commit_hash, b.tx_count, b.valid_count,
               b.last_config, b.ledger_time,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('tx_id', t.tx_id, 'tx_index', t.tx_index, 'type', t.type,
                         'validation_code', t.validation_code, 'function', t.function) ORDER BY t.tx_index), '[]')
                FROM registry.transactions AS t WHERE t.block = b.number) AS transactions
             FROM registry.blocks AS b WHERE b.number = $1`,
      values: [number],
    }),
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const numbers = { number: Number(row['number']), ledger_time: toNumber(row.ledger_time) };
  return withoutNulls({ ...row, ...numbers, last_config: toNumber(row.last_config) });
}

/** What happened to a subject, oldest first. */
export async function readTimeline(
  pool: Pool,
  subjectId: string,
  cursor: string | undefined,
  limit = DEFAULT_PAGE_SIZE,
): Promise<Page> {
  const [block, index] = cursor === undefined ? [-1, -1] : decodeCursor(cursor, ['number', 'number']);
  const { rows } = await forRequest(() =>
    pool.query<TransactionRow & { readonly relations: unknown }>({
      name: 'read_timeline',
      text: `SELECT ${TRANSACTION}, s.relations
             FROM (SELECT block, tx_index, jsonb_agg(jsonb_build_object('subject_type', subject_type,
                     'relation', relation) ORDER BY subject_type) AS relations
                   FROM registry.subjects WHERE subject_id = $1 AND (block, tx_index) > ($2::bigint, $3::bigint)
                   GROUP BY block, tx_index ORDER BY block, tx_index LIMIT $4) AS s
             JOIN registry.transactions AS t USING (block, tx_index) ORDER BY t.block, t.tx_index`,
      values: [subjectId, block, index, limit + 1],
    }),
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const items = page.map(transactionDocument);
  if (rows.length <= limit || last === undefined) return { items };
  return { items, next_cursor: encodeCursor([Number(last.block), last.tx_index]) };
}

function transactionDocument(row: TransactionRow): Document {
  return withoutNulls({ ...row, block: Number(row.block), ledger_time: toNumber(row.ledger_time) });
}

function toNumber(text: string | null): number | null {
  return text === null ? null : Number(text);
}

function withoutNulls(row: Document): Document {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
