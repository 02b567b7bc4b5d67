import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { type CursorValues, decodeCursor, encodeCursor } from '../http/cursor';
import { DEFAULT_PAGE_SIZE } from '../limits';

/** A listing of documents in the order in which they came to the ledger. */
export interface ListingDefinition {
  readonly table: string;
  /** Columns of the order, each unique together; cursors hold their values. */
  readonly order: readonly OrderColumn[];
  /** Query parameter → column it must equal, or what else it must do. */
  readonly filters: Readonly<Record<string, string | Comparison>>;
  /** For documents of very different size: a column that says how large one is, and how much a page takes. */
  readonly weight?: { readonly column: string; readonly page: number };
}

interface OrderColumn {
  readonly column: string;
  readonly type: 'string' | 'number';
  /** Ordered by bytes, whatever the database's locale. */
  readonly bytewise?: true;
}

interface Comparison {
  readonly expression: string;
  readonly operator: '>=' | '<=';
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

interface Row extends Readonly<Record<string, unknown>> {
  readonly doc: unknown;
  /** Where pages are bounded by weight: whether another row follows. */
  readonly more?: true | null;
}

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
  if ((rows.length <= limit && last?.more !== true) || last === undefined) return { items };
  return {
    items,
    next_cursor: encodeCursor(
      definition.order.map(({ column, type }) =>
        type === 'number' ? Number(last[column]) : String(last[column]),
      ),
    ),
  };
}

interface Sql {
  readonly text: string;
  readonly values: (string | number | boolean)[];
}

/** One row more than the page tells whether another page follows. */
export function listingSql(definition: ListingDefinition, query: ListingQuery, limit: number): Sql {
  const { table, order, weight } = definition;
  const values: Sql['values'] = [];
  const conditions = [
    ...filterConditions(definition, query, values),
    ...placeCondition(order, query, values),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const columns = order.map(({ column }) => column).join(', ');
  const by = orderBy(order);
  if (weight !== undefined) return { text: weighedSql(weight, { columns, table, where, by }, limit), values };
  return { text: `SELECT ${columns}, doc FROM ${table} ${where} ORDER BY ${by} LIMIT ${limit + 1}`, values };
}

/** A row whose predecessors fill the page does not belong to it; the first always does. No document is read for that. */
function weighedSql(
  { column, page }: NonNullable<ListingDefinition['weight']>,
  { columns, table, where, by }: Readonly<Record<'columns' | 'table' | 'where' | 'by', string>>,
  limit: number,
): string {
  return `SELECT ${columns}, doc, more FROM
    (SELECT ${columns}, doc, sum(${column}) OVER up_to - ${column} AS before, lead(true) OVER up_to AS more
      FROM ${table} ${where} WINDOW up_to AS (ORDER BY ${by}) ORDER BY ${by} LIMIT ${limit}) AS page
    WHERE before < ${page} ORDER BY ${by}`;
}

function filterConditions(
  { filters }: ListingDefinition,
  query: ListingQuery,
  values: Sql['values'],
): string[] {
  return Object.entries(filters).flatMap(([name, filter]) => {
    const wanted = query.filters[name];
    if (wanted === undefined) return [];
    const { expression, operator } =
      typeof filter === 'string' ? { expression: filter, operator: '=' } : filter;
    return [`${expression} ${operator} $${values.push(wanted)}`];
  });
}

function placeCondition(
  order: ListingDefinition['order'],
  query: ListingQuery,
  values: Sql['values'],
): string[] {
  const place = placeOf(order, query);
  if (place === undefined) return [];
  const marks = order.map(({ type }, n) => `$${values.push(place[n] ?? 0)}::${SQL_TYPES[type]}`);
  return [`(${orderBy(order)}) > (${marks.join(', ')})`];
}

function orderBy(order: ListingDefinition['order']): string {
  return order.map(({ column, bytewise }) => (bytewise ? `${column} COLLATE "C"` : column)).join(', ');
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
