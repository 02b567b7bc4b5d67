import {
  type GenerationRecord,
  MAX_LINEAGE_DEPTH,
  type Model,
  type RoyaltyPolicyVersion,
  type Scheme,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { ANCESTORS } from './lineage';

export const BUNDLE_FORMAT = 'maker-registry-bundle/v1';

/** Everything that verifying a record and its lineage without a network needs, as of one block. */
export interface RecordBundle {
  readonly format: typeof BUNDLE_FORMAT;
  /** Genesis hash of the channel. */
  readonly network: string;
  readonly height: number;
  /** The record, then its ancestors, nearest first. */
  readonly records: readonly GenerationRecord[];
  readonly models: readonly Model[];
  readonly schemes: readonly Scheme[];
  /** The versions in force. */
  readonly policies: readonly RoyaltyPolicyVersion[];
  /** Content hash → model whose record was its first. */
  readonly content_index: Readonly<Record<string, string>>;
}

/** One statement, so that all of it is of one height. */
const BUNDLE = `
  WITH lineage AS MATERIALIZED (${ANCESTORS}),
  keys AS MATERIALIZED (
    SELECT layer, doc, doc->>'model_ref' AS model_ref, doc->>'content_hash' AS content_hash,
        doc->>'scheme_ref' AS scheme_ref
      FROM lineage
  )
  SELECT height, genesis_hash AS network,
    (SELECT coalesce(jsonb_agg(doc ORDER BY layer), '[]') FROM keys) AS records,
    (SELECT coalesce(jsonb_agg(doc ORDER BY model_ref), '[]') FROM registry.models
      WHERE model_ref IN (SELECT model_ref FROM keys)) AS models,
    (SELECT coalesce(jsonb_agg(doc ORDER BY scheme_ref), '[]') FROM registry.schemes
      WHERE scheme_ref IN (SELECT scheme_ref FROM keys)) AS schemes,
    (SELECT coalesce(jsonb_agg(versions.doc ORDER BY keys.layer), '[]')
      FROM keys JOIN registry.policies AS policies USING (model_ref, content_hash)
      JOIN registry.policy_versions AS versions USING (model_ref, content_hash, version)) AS policies,
    (SELECT coalesce(jsonb_object_agg(content_hash, model_ref), '{}') FROM registry.contents
      WHERE content_hash IN (SELECT content_hash FROM keys)) AS content_index
  FROM registry.head`;

type Row = Omit<RecordBundle, 'format' | 'height'> & { readonly height: string };

/** The bundle of a record; undefined when there is no such record. */
export async function readBundle(
  pool: Pool,
  modelRef: string,
  contentHash: string,
): Promise<RecordBundle | undefined> {
  const values = [modelRef, contentHash, MAX_LINEAGE_DEPTH];
  const { rows } = await forRequest(() => pool.query<Row>({ name: 'read_bundle', text: BUNDLE, values }));
  const row = rows[0];
  if (row === undefined || row.records.length === 0) return undefined;
  const { height, network, records, models, schemes, policies, content_index } = row;
  const index = { records, models, schemes, policies, content_index };
  return { format: BUNDLE_FORMAT, network, height: Number(height), ...index };
}

/** A record with what its risks depend on, as of one block. */
export interface RecordSurroundings {
  readonly record: GenerationRecord;
  readonly model: Model;
  readonly scheme: Scheme;
}

const SURROUNDINGS = `
  SELECT records.doc AS record, models.doc AS model, schemes.doc AS scheme
    FROM registry.records JOIN registry.models USING (model_ref) JOIN registry.schemes USING (scheme_ref)
    WHERE records.model_ref = $1 AND records.content_hash = $2`;

/** A record with its model and scheme; undefined when there is no such record. */
export async function readSurroundings(
  pool: Pool,
  modelRef: string,
  contentHash: string,
): Promise<RecordSurroundings | undefined> {
  const values = [modelRef, contentHash];
  const { rows } = await forRequest(() =>
    pool.query<RecordSurroundings>({ name: 'read_surroundings', text: SURROUNDINGS, values }),
  );
  return rows[0];
}
