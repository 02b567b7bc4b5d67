import { fabricClient, runningNetwork } from '@maker-registry/testbed';
import { BATCH_RECORDS } from './limits';
import { describeRound, shares, summary } from './measure-submission';
import type { Report } from './measurements';
import { deployPlainChaincode } from './plain-chaincode';
import { BATCH, ONE_RECORD, ONE_VAULT, PLAIN, provenanceWorkloads } from './provenance-workloads';
import { table } from './results';
import { median } from './statistics';
import { submitCost, type RoundFigures } from './submit-cost';

/** Records, batches of records, and settlements into one vault against plain creation, in turn on one network. */
export async function provenanceCost(report: Report): Promise<string[]> {
  const network = runningNetwork();
  await deployPlainChaincode(report);
  const client = fabricClient(network);
  try {
    const contestants = await provenanceWorkloads(network, client);
    const figures = await submitCost(network, contestants, (round) => {
      report(describeRound(round));
    });
    const labels = contestants.map(({ label }) => label);
    return [
      ...summary(figures, labels, PLAIN),
      'Ratios of paired rounds:',
      '',
      ...ratios(figures),
      ...shares(figures, labels),
    ];
  } finally {
    client.close();
  }
}

function ratios(figures: readonly RoundFigures[]): string[] {
  const rows = [
    [
      `records a second, batches of ${BATCH_RECORDS} against single submits`,
      paired(figures, BATCH, ONE_RECORD, (batch, one) => (batch.perSecond * BATCH_RECORDS) / one.perSecond),
    ],
    [
      'CPU for one record, single submits against batches',
      paired(
        figures,
        ONE_RECORD,
        BATCH,
        (one, batch) => (one.cpuMsPerTransaction * BATCH_RECORDS) / batch.cpuMsPerTransaction,
      ),
    ],
    [
      'settlements a second into one vault against plain creates',
      paired(figures, ONE_VAULT, PLAIN, (vault, plain) => vault.perSecond / plain.perSecond),
    ],
  ];
  return table(['what', 'median (range)'], rows);
}

function paired(
  figures: readonly RoundFigures[],
  left: string,
  right: string,
  ratio: (left: RoundFigures, right: RoundFigures) => number,
): string {
  const of = (label: string) => figures.filter(({ contestant }) => contestant === label);
  const rights = of(right);
  const values = of(left).flatMap((row, round) => {
    const other = rights[round];
    return other === undefined ? [] : [ratio(row, other)];
  });
  return `${median(values).toFixed(2)}× (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
}
