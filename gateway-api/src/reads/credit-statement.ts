import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { DEFAULT_PAGE_SIZE } from '../limits';
import { type Page } from './listing';

export const CREDIT_STATES = ['open', 'collected', 'all'] as const;
export type CreditStateFilter = (typeof CREDIT_STATES)[number];

/** Whose statement, in which currency, and which part of it. */
export interface StatementQuery {
  readonly beneficiary: string;
  readonly currency: string;
  readonly state: CreditStateFilter;
  readonly cursor: string | undefined;
  readonly limit: number | undefined;
}

export interface Statement extends Page {
  /** Minor units, of the whole statement; on its first page. */
  readonly totals?: { readonly open: string; readonly collected: string };
}

/**
 * Sources of one kind in ledger order, with what marks them as collected. Each kind is cut to a page by itself, so that
 * its index gives the order and a long statement costs no more than a short one.
 */
function pageOf(table: string, source: string, also: string): string {
  return `(
    SELECT sources.${source} AS source, sources.settlement_id, sources.doc, sources.created_block,
        sources.created_tx_index, mark.source IS NOT NULL AS collected, mark.intent_id
      FROM registry.${table} AS sources LEFT JOIN registry.collected AS mark
        ON mark.beneficiary = $1 AND mark.currency = $2 AND mark.source = sources.${source}
      WHERE sources.beneficiary = $1 AND sources.currency = $2 ${also}
        AND ($3 = 'all' OR ($3 = 'collected') = (mark.source IS NOT NULL))
        AND (sources.created_block, sources.created_tx_index, sources.${source}) > ($4::bigint, $5::bigint, $6::text)
      ORDER BY sources.created_block, sources.created_tx_index, sources.${source} LIMIT $7)`;
}

/** What settlements owe a beneficiary ($1) in a currency ($2), and what it is owed beside them. */
const ENTRIES = `
  SELECT page.*, settlements.settlement_ref, settlements.payer FROM (
    ${pageOf('settlement_credits', 'settlement_id', 'AND sources.amount > 0')}
    UNION ALL ${pageOf('credits', 'source', '')}
    ORDER BY created_block, created_tx_index, source LIMIT $7
  ) AS page LEFT JOIN registry.settlements USING (settlement_id)
  ORDER BY page.created_block, page.created_tx_index, page.source`;

/** A mark holds all that its source owed, and sources never change: what is not marked is open. */
const TOTALS = `
  SELECT (owed.settled + owed.credited - owed.collected)::text AS open, owed.collected::text AS collected FROM (
    SELECT
      (SELECT coalesce(sum(amount), 0) FROM registry.settlement_credits
        WHERE beneficiary = $1 AND currency = $2 AND amount > 0) AS settled,
      (SELECT coalesce(sum(amount), 0) FROM registry.credits WHERE beneficiary = $1 AND currency = $2) AS credited,
      (SELECT coalesce(sum(amount), 0) FROM registry.collected WHERE beneficiary = $1 AND currency = $2) AS collected
  ) AS owed`;

interface Row {
  readonly source: string;
  readonly doc: Readonly<Record<string, unknown>>;
  readonly created_block: string;
  readonly created_tx_index: number;
  readonly collected: boolean;
  readonly intent_id: string | null;
  readonly settlement_ref: string | null;
  readonly payer: string | null;
}

/** Every source that owes or owed a beneficiary, oldest first: what its vault can be audited by (P-131). */
export async function readStatement(pool: Pool, query: StatementQuery): Promise<Statement> {
  const { beneficiary, currency, state, cursor, limit = DEFAULT_PAGE_SIZE } = query;
  const place = cursor === undefined ? [-1, -1, ''] : decodeCursor(cursor, ['number', 'number', 'string']);
  const values = [beneficiary, currency, state, ...place, limit + 1];
  const { rows } = await forRequest(() => pool.query<Row>({ name: 'read_statement', text: ENTRIES, values }));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: page.map(entryOf),
    ...(more
      ? { next_cursor: encodeCursor([Number(last.created_block), last.created_tx_index, last.source]) }
      : {}),
    ...(cursor === undefined ? { totals: await readTotals(pool, beneficiary, currency) } : {}),
  };
}

async function readTotals(
  pool: Pool,
  beneficiary: string,
  currency: string,
): Promise<NonNullable<Statement['totals']>> {
  const values = [beneficiary, currency];
  const { rows } = await forRequest(() =>
    pool.query<NonNullable<Statement['totals']>>({ name: 'read_totals', text: TOTALS, values }),
  );
  return rows[0] ?? { open: '0', collected: '0' };
}

function entryOf({ source, doc, collected, intent_id, settlement_ref, payer }: Row): unknown {
  const { source_type, amount, lines, settlement_id, credited } = doc;
  return {
    source,
    source_type,
    amount,
    lines,
    ...(settlement_id === undefined ? {} : { settlement_id }),
    ...(settlement_ref === null ? {} : { settlement_ref }),
    ...(payer === null ? {} : { payer }),
    state: collected ? 'collected' : 'open',
    credited,
    ...(intent_id === null ? {} : { collected_by: intent_id }),
  };
}
