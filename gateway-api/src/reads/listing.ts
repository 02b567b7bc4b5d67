import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { type CursorValues, decodeCursor, encodeCursor } from '../http/cursor';
import { DEFAULT_PAGE_SIZE } from '../limits';

/** A listing of documents in the order in which they came to the ledger. */
export interface ListingDefinition {
  readonly table: string;
  /** Columns of the order, each unique together; cursors hold their values. */
  readonly order: readonly { readonly column: string; readonly type: 'string' | 'number' }[];
  /** Query parameter → column it must equal. */
  readonly filters: Readonly<Record<string, string>>;
}

export interface ListingQuery {
  readonly filters: Readonly<Record<string, string | number | boolean>>;
  readonly cursor?: string | undefined;
  /** The place itself, for listings whose order is public. */
  readonly after?: CursorValues;
  readonly limit: number | undefined;
}

export interface Page {
  readonly items: readonly unknown[];
  /** Given when more rows follow. */
  readonly next_cursor?: string;
}

type Row = Readonly<Record<string, unknown>> & { readonly doc: unknown };

const SQL_TYPES = { string: 'text', number: 'bigint' } as const;

/** One page after the cursor; rows committed meanwhile never repeat or hide others. */
export async function listDocuments(
  pool: Pool,
  definition: ListingDefinition,
  query: ListingQuery,
): Promise<Page> {
  const limit = query.limit ?? DEFAULT_PAGE_SIZE;
  const { text, values } = listingSql(definition, query, limit);
  const { rows } = await forRequest(() => pool.query<Row>(text, values));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const items = page.map((row) => row.doc);
  if (rows.length <= limit || last === undefined) return { items };
  return {
    items,
    next_cursor: encodeCursor(
      definition.order.map(({ column, type }) =>
        type === 'number' ? Number(last[column]) : String(last[column]),
      ),
    ),
  };
}

/** One row more than the page tells whether another page follows. */
export function listingSql(
  { table, order, filters }: ListingDefinition,
  query: ListingQuery,
  limit: number,
): { text: string; values: (string | number | boolean)[] } {
  const values: (string | number | boolean)[] = [];
  const conditions = Object.entries(filters).flatMap(([name, column]) => {
    const wanted = query.filters[name];
    return wanted === undefined ? [] : [`${column} = $${values.push(wanted)}`];
  });
  const columns = order.map(({ column }) => column).join(', ');
  const place = placeOf(order, query);
  if (place !== undefined) {
    const marks = order.map(({ type }, n) => `$${values.push(place[n] ?? 0)}::${SQL_TYPES[type]}`);
    conditions.push(`(${columns}) > (${marks.join(', ')})`);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return {
    text: `SELECT ${columns}, doc FROM ${table} ${where} ORDER BY ${columns} LIMIT ${limit + 1}`,
    values,
  };
}

function placeOf(
  order: ListingDefinition['order'],
  { cursor, after }: ListingQuery,
): CursorValues | undefined {
  if (cursor === undefined) return after;
  return decodeCursor(
    cursor,
    order.map(({ type }) => type),
  );
}
