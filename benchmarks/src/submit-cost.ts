import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { RunningNetwork } from '@maker-registry/testbed';
import { cpuBetween, cpuTimes, total } from './cpu-time';
import { ROUNDS, ROUND_TRANSACTIONS } from './limits';
import { load, type LoadResult } from './load';
import { median, percentile } from './statistics';
import type { PreparedLoad } from './workloads';

export interface RoundFigures {
  readonly contestant: string;
  readonly committed: number;
  readonly perSecond: number;
  readonly cpuMsPerTransaction: number;
  readonly cpuByKind: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly errors: Readonly<Record<string, number>>;
}

/** Takes the contestants in turn, round after round, on the same network in the same run. */
export async function submitCost(
  network: RunningNetwork,
  contestants: readonly PreparedLoad[],
  report: (round: RoundFigures) => void,
): Promise<RoundFigures[]> {
  const figures: RoundFigures[] = [];
  // The first round warms code and connections up and does not count.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const rows = await oneRound(network, contestants, report);
    figures.push(...(round === 0 ? [] : rows));
  }
  return figures;
}

async function oneRound(
  network: RunningNetwork,
  contestants: readonly PreparedLoad[],
  report: (round: RoundFigures) => void,
): Promise<RoundFigures[]> {
  const rows: RoundFigures[] = [];
  for (const contestant of contestants) {
    const row = await oneLoad(network, contestant);
    report(row);
    rows.push(row);
  }
  return rows;
}

async function oneLoad(network: RunningNetwork, contestant: PreparedLoad): Promise<RoundFigures> {
  const jobs = await contestant.prepare(
    contestant.transactions ?? ROUND_TRANSACTIONS,
    randomBytes(4).toString('hex'),
  );
  const pids = join(network.folder, 'pids');
  const before = cpuTimes(pids);
  const result = await load(jobs);
  return roundFigures(contestant.label, result, cpuBetween(before, cpuTimes(pids)));
}

function roundFigures(label: string, result: LoadResult, spent: ReadonlyMap<string, number>): RoundFigures {
  const perTransaction = (milliseconds: number) => milliseconds / Math.max(1, result.committed);
  return {
    contestant: label,
    committed: result.committed,
    perSecond: result.committed / result.seconds,
    cpuMsPerTransaction: perTransaction(total(spent)),
    cpuByKind: Object.fromEntries([...spent].sort().map(([kind, used]) => [kind, perTransaction(used)])),
    p50Ms: percentile(result.latenciesMs, 0.5),
    p95Ms: percentile(result.latenciesMs, 0.95),
    errors: Object.fromEntries(result.errors),
  };
}

/** Median over the rounds of one contestant of a figure. */
export function over(
  figures: readonly RoundFigures[],
  contestant: string,
  figure: 'cpuMsPerTransaction' | 'perSecond' | 'p50Ms' | 'p95Ms',
): number {
  return median(of(figures, contestant).map((row) => row[figure]));
}

/** CPU per transaction against another contestant: each round against its neighbor's, then the median and the range. */
export function costAgainst(
  figures: readonly RoundFigures[],
  contestant: string,
  base: string,
): { median: number; lowest: number; highest: number } {
  const bases = of(figures, base);
  const ratios = of(figures, contestant).map(
    (row, round) => row.cpuMsPerTransaction / (bases[round]?.cpuMsPerTransaction ?? Number.NaN),
  );
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

function of(figures: readonly RoundFigures[], contestant: string): RoundFigures[] {
  return figures.filter((row) => row.contestant === contestant);
}
