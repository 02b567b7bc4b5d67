import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { decodeCursor, encodeCursor } from '../http/cursor';

/** A query that was asked. */
export interface QueryItem {
  readonly query: number;
  /** Unix seconds. */
  readonly at: number;
  readonly subject: string;
  readonly kind: string;
  readonly msp_id: string | null;
  readonly role: string;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly height: number;
  readonly outcome: string;
  readonly items: number;
  readonly bytes: number;
}

export interface QueryPage {
  readonly items: readonly QueryItem[];
  readonly next_cursor?: string;
}

type Row = Omit<QueryItem, 'query' | 'at' | 'height' | 'bytes'> &
  Readonly<Record<'query_id' | 'at' | 'height' | 'bytes' | 'until', string>>;

function itemOf(row: Row): QueryItem {
  return {
    query: Number(row.query_id),
    at: Number(row.at),
    subject: row.subject,
    kind: row.kind,
    msp_id: row.msp_id,
    role: row.role,
    operation: row.operation,
    parameters: row.parameters,
    height: Number(row.height),
    outcome: row.outcome,
    items: row.items,
    bytes: Number(row.bytes),
  };
}

/**
 * The record of queries, oldest first. The first page fixes where the last one ends: reading a page is itself a query, and
 * would otherwise always be one more to read.
 *
 * @throws RegistryError SCHEMA_VIOLATION, MIRROR_UNAVAILABLE
 */
export async function readQueries(
  pool: Pool,
  subject: string | undefined,
  cursor: string | undefined,
  limit: number,
): Promise<QueryPage> {
  const [after = 0, until = null] = cursor === undefined ? [] : decodeCursor(cursor, ['number', 'number']);
  const { rows } = await forRequest(() =>
    pool.query<Row>({
      name: 'read_audit_queries',
      text: `SELECT query_id, floor(extract(epoch FROM at))::bigint AS at, subject, kind, msp_id, role, operation, parameters,
          height, outcome, items, bytes, bound.until
        FROM gateway.audit_queries,
          (SELECT coalesce($4::bigint, max(query_id)) AS until FROM gateway.audit_queries) AS bound
        WHERE query_id > $1 AND query_id <= bound.until AND ($2::text IS NULL OR subject = $2)
        ORDER BY query_id LIMIT $3`,
      values: [after, subject ?? null, limit + 1, until],
    }),
  );
  const shown = rows.slice(0, limit).map(itemOf);
  const last = shown.at(-1);
  if (rows.length <= limit || last === undefined) return { items: shown };
  return { items: shown, next_cursor: encodeCursor([last.query, Number(rows[0]?.until)]) };
}
