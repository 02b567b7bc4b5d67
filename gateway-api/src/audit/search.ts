import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { SEARCH_KIND_NAMES, SEARCH_KINDS, type SearchKind, type SearchKindName } from './search-kinds';

/** What is looked for; absent members don't narrow. */
export interface Search {
  readonly kind?: SearchKindName | undefined;
  /** Exact; of objects with several names any of them. */
  readonly id?: string | undefined;
  readonly state?: string | undefined;
  readonly type?: string | undefined;
  /** Part of a public text, in any case. */
  readonly text?: string | undefined;
  /** Unix seconds of the transaction that made the object, as its submitter said. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Where on the ledger something happened; a receipt is to be had for the transaction. */
export interface LedgerPlace {
  readonly block: number;
  readonly tx_index: number;
  readonly tx_id?: string;
  readonly at?: number;
}

/** An object found. */
export interface SearchItem {
  readonly kind: SearchKindName;
  readonly id: string;
  readonly state?: string;
  readonly type?: string;
  readonly created: LedgerPlace;
  readonly updated: LedgerPlace;
}

export interface SearchPage {
  readonly items: readonly SearchItem[];
  readonly next_cursor?: string;
}

interface Row {
  readonly kind: SearchKindName;
  readonly id: string;
  readonly state: string | null;
  readonly type: string | null;
  readonly created_block: string;
  readonly created_tx_index: number;
  readonly block: string;
  readonly tx_index: number;
  readonly created_tx_id: string | null;
  readonly created_at: string | null;
  readonly updated_tx_id: string | null;
  readonly updated_at: string | null;
}

type Values = (string | number)[];

/** LIKE's own signs in what is looked for are letters. */
function pattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/** Whether a kind has what is asked for; only then is anything marked, for a mark without a place is an error. */
function hasAll(kind: SearchKind, { state, type, text }: Search): boolean {
  return (
    (state === undefined || kind.state !== null) &&
    (type === undefined || kind.type !== null) &&
    (text === undefined || kind.text.length > 0)
  );
}

function conditionsOf(kind: SearchKind, search: Search, values: Values): string[] {
  const { id, state, type, text, from, to } = search;
  const any = (columns: readonly string[], operator: string, value: string): string => {
    const mark = `$${values.push(value)}`;
    return `(${columns.map((column) => `${column} ${operator} ${mark}`).join(' OR ')})`;
  };
  return [
    ...(id === undefined ? [] : [any([...kind.id, idOf(kind)], '=', id)]),
    ...(state === undefined || kind.state === null ? [] : [any([kind.state], '=', state)]),
    ...(type === undefined || kind.type === null ? [] : [any([kind.type], '=', type)]),
    ...(text === undefined ? [] : [any(kind.text, 'ILIKE', pattern(text))]),
    ...(from === undefined ? [] : [`c.ledger_time >= $${values.push(from)}`]),
    ...(to === undefined ? [] : [`c.ledger_time <= $${values.push(to)}`]),
  ];
}

function idOf({ id }: SearchKind): string {
  return id.join(" || '/' || ");
}

function selectOf(name: SearchKindName, search: Search, place: string, values: Values): string[] {
  const kind = SEARCH_KINDS[name];
  if (!hasAll(kind, search)) return [];
  const conditions = conditionsOf(kind, search, values);
  const columns = `'${name}'::text AS kind, ${idOf(kind)} AS id, ${kind.state ?? 'NULL::text'} AS state,
    ${kind.type ?? 'NULL::text'} AS type, created_block, created_tx_index, d.block, d.tx_index,
    c.tx_id AS created_tx_id, c.ledger_time AS created_at`;
  const following =
    place === ''
      ? []
      : [`(created_block, created_tx_index, '${name}' COLLATE "C", (${idOf(kind)}) COLLATE "C") > ${place}`];
  const all = [...conditions, ...following];
  const where = all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`;
  return [
    `(SELECT ${columns} FROM registry.${kind.table} AS d
      LEFT JOIN registry.transactions AS c ON (c.block, c.tx_index) = (created_block, created_tx_index)
      ${where} ORDER BY created_block, created_tx_index, (${idOf(kind)}) COLLATE "C" LIMIT ${search.limit + 1})`,
  ];
}

/** Marks of the place after which the page begins. */
function placeOf({ cursor }: Search, values: Values): string {
  if (cursor === undefined) return '';
  const place = decodeCursor(cursor, ['number', 'number', 'string', 'string']);
  const types = ['bigint', 'bigint', 'text', 'text'];
  return `(${place.map((value, n) => `$${values.push(value)}::${types[n] ?? 'text'}`).join(', ')})`;
}

function itemOf(row: Row): SearchItem {
  const { kind, id, state, type } = row;
  return {
    kind,
    id,
    ...(state === null ? {} : { state }),
    ...(type === null ? {} : { type }),
    created: placed(row.created_block, row.created_tx_index, row.created_tx_id, row.created_at),
    updated: placed(row.block, row.tx_index, row.updated_tx_id, row.updated_at),
  };
}

function placed(block: string, txIndex: number, txId: string | null, at: string | null): LedgerPlace {
  return {
    block: Number(block),
    tx_index: txIndex,
    ...(txId === null ? {} : { tx_id: txId }),
    ...(at === null ? {} : { at: Number(at) }),
  };
}

/**
 * Finds objects of the ledger, oldest first, by names, state, time and public texts.
 * @throws RegistryError SCHEMA_VIOLATION for a cursor that is none; MIRROR_UNAVAILABLE
 */
export async function searchLedger(pool: Pool, search: Search): Promise<SearchPage> {
  const values: Values = [];
  const place = placeOf(search, values);
  const names = search.kind === undefined ? SEARCH_KIND_NAMES : [search.kind];
  const selects = names.flatMap((name) => selectOf(name, search, place, values));
  if (selects.length === 0) return { items: [] };
  const text = `SELECT found.*, u.tx_id AS updated_tx_id, u.ledger_time AS updated_at
    FROM (SELECT * FROM (${selects.join(' UNION ALL ')}) AS every
      ORDER BY created_block, created_tx_index, kind COLLATE "C", id COLLATE "C" LIMIT ${search.limit + 1}) AS found
    LEFT JOIN registry.transactions AS u ON (u.block, u.tx_index) = (found.block, found.tx_index)
    ORDER BY created_block, created_tx_index, kind COLLATE "C", id COLLATE "C"`;
  const { rows } = await forRequest(() => pool.query<Row>(text, values));
  const page = rows.slice(0, search.limit);
  const last = page.at(-1);
  const items = page.map(itemOf);
  if (rows.length <= search.limit || last === undefined) return { items };
  const next = encodeCursor([Number(last.created_block), last.created_tx_index, last.kind, last.id]);
  return { items, next_cursor: next };
}
