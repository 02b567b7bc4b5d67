import { fabricClient, registryClient, runningNetwork } from '@maker-registry/testbed';
import { REST_CLIENTS } from './limits';
import { deployPlainChaincode } from './plain-chaincode';
import type { Report } from './measurements';
import { table } from './results';
import { costAgainst, over, submitCost, type RoundFigures } from './submit-cost';
import { workloads } from './workloads';

/** Deploys the plain chaincode beside ours and takes the contestants in turn. */
export async function submission(report: Report): Promise<string[]> {
  const network = runningNetwork();
  await deployPlainChaincode(report);
  const client = fabricClient(network);
  const registries = Array.from({ length: REST_CLIENTS }, () => registryClient(network));
  try {
    const contestants = await workloads(network, { client, registries });
    const figures = await submitCost(network, contestants, (round) => {
      report(describeRound(round));
    });
    const [plain] = contestants;
    const labels = contestants.map(({ label }) => label);
    return plain === undefined ? [] : [...summary(figures, labels, plain.label), ...shares(figures, labels)];
  } finally {
    for (const registry of registries) registry.close();
    client.close();
  }
}

/** One line about a round. */
export function describeRound(round: RoundFigures): string {
  const errors = Object.entries(round.errors).map(([reason, count]) => ` · ${count} × ${reason}`);
  const cost = `${round.cpuMsPerTransaction.toFixed(1)} ms CPU each`;
  return `${round.contestant}: ${round.committed} committed, ${round.perSecond.toFixed(0)}/s, ${cost}${errors.join('')}`;
}

/** The table of all contestants against the first one. */
export function summary(figures: readonly RoundFigures[], labels: readonly string[], base: string): string[] {
  const cost = (label: string) => over(figures, label, 'cpuMsPerTransaction');
  const against = (label: string) => {
    const { median, lowest, highest } = costAgainst(figures, label, base);
    return `${median.toFixed(2)}× (${lowest.toFixed(2)}–${highest.toFixed(2)})`;
  };
  const rows = labels.map((label) => [
    label,
    over(figures, label, 'perSecond').toFixed(0),
    cost(label).toFixed(1),
    against(label),
    over(figures, label, 'p50Ms').toFixed(0),
    over(figures, label, 'p95Ms').toFixed(0),
    String(figures.filter((row) => row.contestant === label).reduce((sum, row) => sum + failures(row), 0)),
  ]);
  return table(
    ['call', 'tx/s', 'CPU ms/tx', 'CPU against plain, paired rounds', 'p50 ms', 'p95 ms', 'errors'],
    rows,
  );
}

function failures(round: RoundFigures): number {
  return Object.values(round.errors).reduce((sum, count) => sum + count, 0);
}

/** Where the CPU time goes. */
export function shares(figures: readonly RoundFigures[], labels: readonly string[]): string[] {
  const kinds = [...new Set(figures.flatMap((row) => Object.keys(row.cpuByKind)))].sort();
  const rows = labels.map((label) => {
    const own = figures.filter((row) => row.contestant === label);
    const mean = (kind: string) => own.reduce((sum, row) => sum + (row.cpuByKind[kind] ?? 0), 0) / own.length;
    return [label, ...kinds.map((kind) => mean(kind).toFixed(2))];
  });
  return ['CPU milliseconds per transaction, by process:', '', ...table(['call', ...kinds], rows)];
}
