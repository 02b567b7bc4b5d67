import {
  type AuditBlock,
  type AuditItem,
  type AuditTransaction,
  type AuditWrite,
  sha256Hex,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { splitLedgerKey } from './ledger-key';
import { EXPORT_CHUNK_ROWS } from './limits';

/** A place in the export: (block, tx_index, index). A block's own line stands before its transactions, at tx_index -1. */
export type ExportPlace = readonly [block: number, txIndex: number, index: number];

/** Before the first line of a block. */
export function beforeBlock(block: number): ExportPlace {
  return [block, -1, -1];
}

export function encodePlace(place: ExportPlace): string {
  return encodeCursor(place);
}

/** @throws RegistryError SCHEMA_VIOLATION */
export function decodePlace(cursor: string): ExportPlace {
  return decodeCursor(cursor, ['number', 'number', 'number']) as unknown as ExportPlace;
}

/** A line and the place after which the next one comes. */
export interface PlacedItem {
  readonly item: AuditItem;
  readonly place: ExportPlace;
}

interface Row {
  readonly block: string;
  readonly tx_index: number;
  readonly index: number;
  readonly type: AuditItem['type'];
  /** The columns of blocks and transactions. */
  readonly doc: Readonly<Record<string, unknown>> | null;
  readonly tx_id: string | null;
  readonly namespace: string | null;
  readonly collection: string | null;
  readonly key: Buffer | null;
  readonly is_delete: boolean | null;
  readonly is_metadata: boolean | null;
  readonly value: Buffer | null;
}

const NO_WRITE = `NULL::text AS tx_id, NULL::text AS namespace, NULL::text AS collection, NULL::bytea AS key,
  NULL::boolean AS is_delete, NULL::boolean AS is_metadata, NULL::bytea AS value`;

/** No certificate, no subject of one and no argument of a call is read: what may name a person does not come this far. */
const EXPORT = `
  SELECT * FROM (
    (SELECT number AS block, -1 AS tx_index, 0 AS index, 'block' AS type, jsonb_build_object('header_hash', header_hash,
        'previous_hash', previous_hash, 'data_hash', data_hash, 'commit_hash', commit_hash, 'transactions', tx_count,
        'valid', valid_count) AS doc, ${NO_WRITE}
      FROM registry.blocks WHERE (number, -1, 0) > ($1::bigint, $2::int, $3::int) AND number <= $4
      ORDER BY number LIMIT $5)
    UNION ALL
    (SELECT block, tx_index, 0, 'transaction', jsonb_build_object('tx_id', tx_id, 'kind', type,
        'validation_code', validation_code, 'creator_msp', creator_msp, 'creator_role', creator_role,
        'chaincode', chaincode, 'function', function, 'intent_id', intent_id, 'intent_type', intent_type,
        'actor', actor, 'endorsers', endorsers, 'ledger_time', ledger_time), ${NO_WRITE}
      FROM registry.transactions
      WHERE (block, tx_index) >= ($1::bigint, $2::int) AND (block, tx_index, 0) > ($1::bigint, $2::int, $3::int)
        AND block <= $4
      ORDER BY block, tx_index LIMIT $5)
    UNION ALL
    (SELECT w.block, w.tx_index, w.ordinal + 1, 'write', NULL::jsonb, t.tx_id, w.namespace, w.collection, w.key,
        w.is_delete, w.is_metadata, w.value
      FROM registry.writes AS w JOIN registry.transactions AS t USING (block, tx_index)
      WHERE (w.block, w.tx_index, w.ordinal) > ($1::bigint, $2::int, $3::int - 1) AND w.block <= $4
      ORDER BY w.block, w.tx_index, w.ordinal LIMIT $5)
  ) AS lines ORDER BY block, tx_index, index LIMIT $5`;

function documentOf(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function actOf({ is_delete, is_metadata }: Row): AuditWrite['act'] {
  if (is_metadata === true) return 'metadata';
  return is_delete === true ? 'delete' : 'put';
}

/** In a collection key and value are hashes already. */
function valueOf({ value, collection }: Row, isOurs: boolean): Pick<AuditWrite, 'value_digest' | 'document'> {
  if (value === null) return { value_digest: null };
  if (collection !== '') return { value_digest: value.length === 0 ? null : value.toString('hex') };
  const document = isOurs ? documentOf(value) : undefined;
  return { value_digest: sha256Hex(value), ...(document === undefined ? {} : { document }) };
}

/** A key of the registry by kind and parts; any other by its bytes. */
function keyOf({ namespace, collection, key }: Row, chaincode: string): Pick<AuditWrite, 'kind' | 'id'> {
  const bytes = key ?? Buffer.alloc(0);
  const isOurs = namespace === chaincode && collection === '';
  return (
    (isOurs ? splitLedgerKey(bytes.toString('utf8')) : null) ?? { kind: null, id: [bytes.toString('hex')] }
  );
}

function writeOf(row: Row, chaincode: string): AuditWrite {
  const { namespace, collection } = row;
  const key = keyOf(row, chaincode);
  return {
    type: 'write',
    block: Number(row.block),
    tx_index: row.tx_index,
    index: row.index - 1,
    tx_id: row.tx_id ?? '',
    namespace: namespace ?? '',
    collection: collection ?? '',
    ...key,
    act: actOf(row),
    ...valueOf(row, key.kind !== null),
  };
}

function itemOf(row: Row, chaincode: string): AuditItem {
  const block = Number(row.block);
  if (row.type === 'block') return { type: 'block', block, ...row.doc } as AuditBlock;
  if (row.type === 'transaction') {
    return { type: 'transaction', block, tx_index: row.tx_index, ...row.doc } as AuditTransaction;
  }
  return writeOf(row, chaincode);
}

/** Where the export is read from. */
export interface ExportSource {
  readonly pool: Pool;
  /** The registry's chaincode, whose keys and values are documents. */
  readonly chaincode: string;
}

/**
 * Lines of the export after a place, up to and with a block, in the ledger's order: a few rows at a time, so that memory
 * does not depend on the length of the ledger.
 *
 * @throws RegistryError MIRROR_UNAVAILABLE
 */
export async function* readExport(
  { pool, chaincode }: ExportSource,
  after: ExportPlace,
  toBlock: number,
): AsyncGenerator<PlacedItem> {
  let place = after;
  for (;;) {
    const values = [...place, toBlock, EXPORT_CHUNK_ROWS];
    const { rows } = await forRequest(() => pool.query<Row>({ name: 'read_export', text: EXPORT, values }));
    for (const row of rows) {
      place = [Number(row.block), row.tx_index, row.index];
      yield { item: itemOf(row, chaincode), place };
    }
    if (rows.length < EXPORT_CHUNK_ROWS) return;
  }
}
