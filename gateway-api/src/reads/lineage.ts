import {
  type GenerationRecord,
  type LineageSummary,
  MAX_LINEAGE_DEPTH,
  walkLineage,
  ZERO_HASH,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { MAX_DERIVATIVES } from '../limits';

/** A record with its distance from where the walk began. */
export type LineageItem = GenerationRecord & { readonly layer: number };

/** What a walk found; `missing` is the parent that nobody registered. */
export interface LineageAnswer extends LineageSummary {
  readonly items: readonly LineageItem[];
  readonly missing?: string;
}

/**
 * From a record ($1, $2) towards its ancestors, at most $3 of them. The parent is the record of the model that the child
 * names, else the one that registered the content first; it ends at zeros, at a content met before, and where nothing is
 * registered. Two look-ups by primary key a layer.
 */
export const ANCESTORS = `
  WITH RECURSIVE up AS (
    SELECT 0 AS layer, model_ref, content_hash, parent_hash, parent_model_ref, ARRAY[content_hash] AS met
      FROM registry.records WHERE model_ref = $1 AND content_hash = $2
    UNION ALL
    SELECT up.layer + 1, parent.model_ref, parent.content_hash, parent.parent_hash, parent.parent_model_ref,
        up.met || parent.content_hash
      FROM up
      CROSS JOIN LATERAL (
        SELECT coalesce(up.parent_model_ref, (SELECT first.model_ref FROM registry.contents AS first
          WHERE first.content_hash = up.parent_hash)) AS model_ref OFFSET 0
      ) AS named
      -- Fenced by OFFSET 0: looked up by its whole key, however many models recorded the same content.
      CROSS JOIN LATERAL (
        SELECT model_ref, content_hash, parent_hash, parent_model_ref FROM registry.records
          WHERE model_ref = named.model_ref AND content_hash = up.parent_hash OFFSET 0
      ) AS parent
      WHERE up.layer < $3 AND up.parent_hash <> '${ZERO_HASH}' AND up.parent_hash <> ALL (up.met)
  )
  SELECT up.layer, records.doc FROM up JOIN registry.records USING (model_ref, content_hash) ORDER BY up.layer`;

/** Those that name the record's content as their parent's and `model` as the parent's model, oldest first. */
function childrenOf(model: string): string {
  return `(SELECT model_ref, content_hash, created_block, created_tx_index FROM registry.records AS child
        WHERE child.parent_hash = down.content_hash AND child.parent_hash <> '${ZERO_HASH}'
          AND coalesce(child.parent_model_ref, '') = ${model}
        ORDER BY child.created_block, child.created_tx_index, child.model_ref, child.content_hash LIMIT $4)`;
}

/**
 * From a record ($1, $2) towards what derives from it, layer by layer, at most $3 layers and $4 records: a lazily read
 * recursion, which stops where the LIMIT does. A record counts where walking up from it leads here: it names this model
 * as its parent's, or names none and this record is the first of its content; and no content is met twice on the way.
 */
const DERIVATIVES = `
  WITH RECURSIVE down AS (
    SELECT 0 AS layer, model_ref, content_hash, ARRAY[content_hash] AS met, false AS looped,
        created_block, created_tx_index
      FROM registry.records WHERE model_ref = $1 AND content_hash = $2
    UNION ALL
    SELECT down.layer + 1, child.model_ref, child.content_hash, down.met || child.content_hash,
        child.content_hash = ANY (down.met), child.created_block, child.created_tx_index
      FROM down CROSS JOIN LATERAL (
        ${childrenOf('down.model_ref')}
        UNION ALL
        ${childrenOf(`'' AND down.model_ref = (SELECT first.model_ref FROM registry.contents AS first
          WHERE first.content_hash = down.content_hash)`)}
      ) AS child
      WHERE down.layer < $3 AND NOT down.looped
  )
  SELECT found.layer, found.looped, records.doc
    FROM (SELECT * FROM down LIMIT $4) AS found JOIN registry.records USING (model_ref, content_hash)
    ORDER BY found.layer, found.created_block, found.created_tx_index, found.model_ref, found.content_hash`;

interface Row {
  readonly layer: number;
  readonly doc: GenerationRecord;
  readonly looped?: boolean;
}

/** The record's ancestors, nearest first; undefined when there is no such record. */
export async function readAncestors(
  pool: Pool,
  modelRef: string,
  contentHash: string,
  depth = MAX_LINEAGE_DEPTH,
): Promise<LineageAnswer | undefined> {
  const { rows } = await forRequest(() =>
    pool.query<Row>({ name: 'read_ancestors', text: ANCESTORS, values: [modelRef, contentHash, depth] }),
  );
  const [start, ...above] = rows;
  if (start === undefined) return undefined;
  const items = above.map(({ layer, doc }) => ({ ...doc, layer }));
  return { items, ...summaryOf(start.doc, items, depth) };
}

/** What the walk over these records, nearest first, has to say about itself; the ledger walks by the same function. */
export function summaryOf(
  start: GenerationRecord,
  ancestors: readonly GenerationRecord[],
  depth: number,
): LineageSummary & { readonly missing?: string } {
  const byHash = new Map(ancestors.map((record) => [record.content_hash, record]));
  const { summary } = walkLineage(start, depth, 'permissive', (hash) => byHash.get(hash));
  const last = ancestors.at(-1) ?? start;
  return summary.incomplete ? { ...summary, missing: last.parent_hash } : summary;
}

/**
 * What derives from the record, layer by layer; undefined when there is no such record. `incomplete` says that there are
 * more than MAX_DERIVATIVES; `cycle` that some record names as its parent a content that it is an ancestor of.
 */
export async function readDerivatives(
  pool: Pool,
  modelRef: string,
  contentHash: string,
  depth = MAX_LINEAGE_DEPTH,
): Promise<LineageAnswer | undefined> {
  // One for the record itself and one to see that there are more.
  const values = [modelRef, contentHash, depth, MAX_DERIVATIVES + 2];
  const { rows } = await forRequest(() =>
    pool.query<Row>({ name: 'read_derivatives', text: DERIVATIVES, values }),
  );
  if (rows.length === 0) return undefined;
  const below = rows.slice(1, MAX_DERIVATIVES + 1);
  const items = below.filter(({ looped }) => looped !== true).map(({ layer, doc }) => ({ ...doc, layer }));
  return {
    items,
    depth: items.at(-1)?.layer ?? 0,
    incomplete: rows.length > MAX_DERIVATIVES + 1,
    cycle: below.some(({ looped }) => looped === true),
  };
}
