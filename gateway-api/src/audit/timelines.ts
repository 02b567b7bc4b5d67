import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { decodeCursor, encodeCursor } from '../http/cursor';

/** What has a timeline, as the mirror calls it. */
export const TIMELINE_TYPES = [
  'actor',
  'artifact',
  'right',
  'key',
  'license',
  'device',
  'model',
  'scheme',
  'record',
  'settlement',
  'withdrawal',
  'stream',
  'shares',
  'proposal',
  'parameters',
] as const;
export type TimelineType = (typeof TIMELINE_TYPES)[number];

/** One transaction that wrote or named a subject. */
export interface TimelineItem {
  readonly block: number;
  readonly tx_index: number;
  readonly tx_id: string;
  readonly validation_code: string;
  /** 'object': it wrote the subject; 'mention': what it wrote names it. */
  readonly relation: 'object' | 'mention';
  readonly function?: string;
  readonly intent_type?: string;
  readonly intent_id?: string;
  readonly actor?: string;
  readonly creator_msp?: string;
  readonly creator_role?: string;
  readonly at?: number;
  readonly links: { readonly transaction: string; readonly receipt: string };
}

export interface TimelinePage {
  readonly items: readonly TimelineItem[];
  readonly next_cursor?: string;
}

interface Row {
  readonly block: string;
  readonly tx_index: number;
  readonly relation: TimelineItem['relation'];
  readonly tx_id: string | null;
  readonly validation_code: string | null;
  readonly function: string | null;
  readonly intent_type: string | null;
  readonly intent_id: string | null;
  readonly actor: string | null;
  readonly creator_msp: string | null;
  readonly creator_role: string | null;
  readonly ledger_time: string | null;
}

const TIMELINE = `SELECT s.block, s.tx_index, s.relation, t.tx_id, t.validation_code, t.function, t.intent_type,
    t.intent_id, t.actor, t.creator_msp, t.creator_role, t.ledger_time
  FROM registry.subjects AS s LEFT JOIN registry.transactions AS t USING (block, tx_index)
  WHERE s.subject_id = $1 AND s.subject_type = $2 AND (s.block, s.tx_index) > ($3::bigint, $4::bigint)
  ORDER BY s.block, s.tx_index LIMIT $5`;

function itemOf(row: Row): TimelineItem {
  const txId = row.tx_id ?? '';
  const optional = {
    function: row.function,
    intent_type: row.intent_type,
    intent_id: row.intent_id,
    actor: row.actor,
    creator_msp: row.creator_msp,
    creator_role: row.creator_role,
    at: row.ledger_time === null ? null : Number(row.ledger_time),
  };
  return {
    block: Number(row.block),
    tx_index: row.tx_index,
    tx_id: txId,
    validation_code: row.validation_code ?? 'VALID',
    relation: row.relation,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)),
    links: { transaction: `/v1/transactions/${txId}`, receipt: `/v1/transactions/${txId}/receipt` },
  };
}

/**
 * What happened to a subject, in ledger order. A content key goes by its artifact's id.
 * @throws RegistryError SCHEMA_VIOLATION for a cursor that is none; MIRROR_UNAVAILABLE
 */
export async function readSubjectTimeline(
  pool: Pool,
  subject: { readonly type: TimelineType; readonly id: string },
  cursor: string | undefined,
  limit: number,
): Promise<TimelinePage> {
  const [block, index] = cursor === undefined ? [-1, -1] : decodeCursor(cursor, ['number', 'number']);
  const values = [subject.id, subject.type, block, index, limit + 1];
  const { rows } = await forRequest(() =>
    pool.query<Row>({ name: 'audit_timeline', text: TIMELINE, values }),
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const items = page.map(itemOf);
  if (rows.length <= limit || last === undefined) return { items };
  return { items, next_cursor: encodeCursor([Number(last.block), last.tx_index]) };
}
