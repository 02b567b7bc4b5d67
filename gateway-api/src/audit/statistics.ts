import {
  RangeFold,
  type RangeSummary,
  RegistryError,
  type ReleaseStatistics,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { setImmediate as turn } from 'node:timers/promises';
import { forRequest } from '../database/database-error';
import { MAX_STATISTICS_TRANSACTIONS } from './limits';
import { beforeBlock, type ExportSource, readExport } from './read-export';

/** A period, by blocks or by the submitters' time; open ends reach to the ledger's. */
export interface Period {
  readonly fromBlock?: number | undefined;
  readonly toBlock?: number | undefined;
  /** Unix seconds. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface BlockRange {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** Lines between two pauses in which other requests are answered. */
const LINES_PER_TURN = 200;

/** @throws RegistryError NOT_FOUND when no block is in the period; MIRROR_UNAVAILABLE */
export async function blocksOf(pool: Pool, period: Period): Promise<BlockRange> {
  const { fromBlock = 0, toBlock = Number.MAX_SAFE_INTEGER, from = null, to = null } = period;
  const { rows } = await forRequest(() =>
    pool.query<{ first: string | null; last: string | null }>({
      name: 'audit_period',
      text: `SELECT min(number) AS first, max(number) AS last FROM registry.blocks
        WHERE number BETWEEN $1 AND $2 AND ($3::bigint IS NULL OR ledger_time >= $3)
          AND ($4::bigint IS NULL OR ledger_time <= $4)`,
      values: [fromBlock, toBlock, from, to],
    }),
  );
  const { first = null, last = null } = rows[0] ?? {};
  if (first === null || last === null) {
    throw new RegistryError('NOT_FOUND', 'No block of the ledger is in this period.');
  }
  return { fromBlock: Number(first), toBlock: Number(last) };
}

/** What the export of some blocks comes to. @throws RegistryError EXPORT_INCOMPLETE, MIRROR_UNAVAILABLE */
export async function foldRange(source: ExportSource, range: BlockRange): Promise<RangeSummary> {
  const fold = new RangeFold();
  let lines = 0;
  for await (const { item } of readExport(source, beforeBlock(range.fromBlock), range.toBlock)) {
    fold.add(item);
    lines += 1;
    if (lines % LINES_PER_TURN === 0) await turn();
  }
  return fold.result;
}

/** @throws RegistryError TOO_LARGE when a request can't count that much */
export async function assertCountable(pool: Pool, { fromBlock, toBlock }: BlockRange): Promise<void> {
  const { rows } = await forRequest(() =>
    pool.query<{ transactions: string | null }>({
      name: 'audit_countable',
      text: 'SELECT sum(tx_count) AS transactions FROM registry.blocks WHERE number BETWEEN $1 AND $2',
      values: [fromBlock, toBlock],
    }),
  );
  const transactions = Number(rows[0]?.transactions ?? 0);
  if (transactions <= MAX_STATISTICS_TRANSACTIONS) return;
  throw new RegistryError(
    'TOO_LARGE',
    `The period has ${transactions} transactions; ask for parts with at most ${MAX_STATISTICS_TRANSACTIONS}.`,
  );
}

/** What an operator's gateways decided about content keys between two moments, counted by the database. */
export async function countReleases(
  pool: Pool,
  operator: string,
  { from, to }: Pick<Period, 'from' | 'to'>,
): Promise<ReleaseStatistics> {
  const { rows } = await forRequest(() =>
    pool.query<{ outcome: 'released' | 'refused'; code: string | null; count: string }>({
      name: 'audit_releases_counted',
      text: `SELECT outcome, code, count(*) AS count FROM gateway.releases
        WHERE coalesce(operator, $1) = $1 AND ($2::bigint IS NULL OR at >= to_timestamp($2))
          AND ($3::bigint IS NULL OR at <= to_timestamp($3))
        GROUP BY outcome, code ORDER BY outcome, code`,
      values: [operator, from ?? null, to ?? null],
    }),
  );
  const counted = (outcome: string) => rows.filter((row) => row.outcome === outcome);
  const sum = (some: readonly { count: string }[]): number =>
    some.reduce((total, { count }) => total + Number(count), 0);
  const refused = counted('refused');
  return {
    released: sum(counted('released')),
    refused: sum(refused),
    refused_by_code: Object.fromEntries(refused.map(({ code, count }) => [code ?? '', Number(count)])),
  };
}
