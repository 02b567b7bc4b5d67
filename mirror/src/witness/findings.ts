import { type ClientBase } from 'pg';
import { MAX_FINDING_CHARACTERS } from '../limits';
import { safeText } from '../projection/safe-text';

/** Whose word was found wrong: the followed peer's, another organization's peer's, or the mirror's own tables'. */
export type FindingSource = 'own-peer' | 'other-peer' | 'tables';

/** Something that can't be true together with what was verified before. */
export interface Finding {
  readonly source: FindingSource;
  /** MSP id of the other organization whose peer disagrees. */
  readonly organization: string | null;
  readonly block: number | null;
  /** The check that failed, e.g. COMMIT_HASH_MISMATCH. */
  readonly code: string;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly txIndex: number | null;
  readonly txId: string | null;
  /** A ledger key with its parts joined by '/', or a table and a row. */
  readonly key: string | null;
  readonly message: string;
}

/** A finding as stored. */
export interface StoredFinding extends Finding {
  readonly id: number;
  readonly foundAt: string;
  readonly resolvedAt: string | null;
  readonly resolution: string | null;
}

/** Nothing more is written or answered until an operator resolves what was found. */
export class ContradictionError extends Error {
  readonly finding: Finding;
  /** Whether the tables already hold it. */
  readonly isRecorded: boolean;

  constructor(finding: Finding, isRecorded: boolean) {
    super(finding.message);
    this.name = 'ContradictionError';
    this.finding = finding;
    this.isRecorded = isRecorded;
  }
}

/** NOTIFY channel that tells readers to look at the open findings again. */
export const FINDINGS_CHANNEL = 'registry_findings';

interface FindingRow {
  readonly finding_id: string;
  readonly found_at: Date;
  readonly source: FindingSource;
  readonly organization: string | null;
  readonly block: string | null;
  readonly code: string;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly tx_index: number | null;
  readonly tx_id: string | null;
  readonly key: string | null;
  readonly message: string;
  readonly resolved_at: Date | null;
  readonly resolution: string | null;
}

function stored(row: FindingRow): StoredFinding {
  const { source, organization, code, expected, actual, key, message, resolution } = row;
  return {
    id: Number(row.finding_id),
    foundAt: row.found_at.toISOString(),
    source,
    organization,
    block: row.block === null ? null : Number(row.block),
    code,
    expected,
    actual,
    txIndex: row.tx_index,
    txId: row.tx_id,
    key,
    message,
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    resolution,
  };
}

function bounded(text: string | null): string | null {
  return text === null ? null : safeText(text, MAX_FINDING_CHARACTERS);
}

/** A composite key as people read it: its parts joined by '/'. */
export function shownKey(namespace: string, collection: string, key: string): string {
  const parts = key.split('\u0000').filter((part) => part !== '');
  return [namespace, ...(collection === '' ? [] : [collection]), ...parts].join('/');
}

/** Writes a finding and tells readers, at once: whoever reads after this knows of it. @returns its number */
export async function recordFinding(client: ClientBase, finding: Finding): Promise<number> {
  const { rows } = await client.query<{ finding_id: string }>(
    `WITH recorded AS (
       INSERT INTO findings (source, organization, block, code, expected, actual, tx_index, tx_id, key, message)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING finding_id)
     SELECT finding_id, pg_notify('${FINDINGS_CHANNEL}', finding_id::text) FROM recorded`,
    [
      finding.source,
      finding.organization,
      finding.block,
      finding.code,
      bounded(finding.expected),
      bounded(finding.actual),
      finding.txIndex,
      bounded(finding.txId),
      bounded(finding.key),
      bounded(finding.message),
    ],
  );
  return Number(rows[0]?.finding_id);
}

/** Findings, oldest first. @param open only those that nobody has resolved */
export async function readFindings(client: ClientBase, open: boolean): Promise<StoredFinding[]> {
  const { rows } = await client.query<FindingRow>(
    `SELECT * FROM findings ${open ? 'WHERE resolved_at IS NULL' : ''} ORDER BY finding_id`,
  );
  return rows.map(stored);
}

/** Whether an operator has looked at just this before and let the mirror go on. */
export async function isJudged(client: ClientBase, finding: Finding): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM findings WHERE resolved_at IS NOT NULL AND source = $1 AND organization IS NOT DISTINCT FROM $2
       AND block IS NOT DISTINCT FROM $3 AND code = $4 AND actual IS NOT DISTINCT FROM $5 LIMIT 1`,
    [finding.source, finding.organization, finding.block, finding.code, bounded(finding.actual)],
  );
  return rows.length > 0;
}

/**
 * An operator's deliberate act: marks open findings as looked at and takes the halt off the head when none is left.
 * @returns the numbers of those that were open
 */
export async function resolveFindings(
  client: ClientBase,
  ids: readonly number[],
  resolution: string,
): Promise<number[]> {
  const { rows } = await client.query<{ finding_id: string }>(
    `UPDATE findings SET resolved_at = now(), resolution = $2
      WHERE finding_id = ANY ($1::bigint[]) AND resolved_at IS NULL RETURNING finding_id`,
    [ids, bounded(resolution)],
  );
  await client.query(
    `UPDATE head SET halted = NULL WHERE NOT EXISTS (SELECT FROM findings WHERE resolved_at IS NULL)`,
  );
  await client.query(`SELECT pg_notify('${FINDINGS_CHANNEL}', '')`);
  return rows.map((row) => Number(row.finding_id)).sort((left, right) => left - right);
}
