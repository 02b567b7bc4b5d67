import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fabricClient, submit, type RunningNetwork } from '@maker-registry/testbed';
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
  const client = fabricClient(network);
  const figures: RoundFigures[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const contestant of contestants) {
        const calls = await contestant.prepare(ROUND_TRANSACTIONS, randomBytes(4).toString('hex'));
        const before = cpuTimes(join(network.folder, 'pids'));
        const result = await load(calls.length, (index) => {
          const call = calls[index];
          return call === undefined ? Promise.resolve() : submit(client, call);
        });
        const spent = cpuBetween(before, cpuTimes(join(network.folder, 'pids')));
        const row = roundFigures(contestant.label, result, spent);
        figures.push(row);
        report(row);
      }
    }
  } finally {
    client.close();
  }
  return figures;
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
  return median(figures.filter((row) => row.contestant === contestant).map((row) => row[figure]));
}
