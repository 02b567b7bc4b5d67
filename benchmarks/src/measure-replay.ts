import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { databaseUrl, runningNetwork, type RunningNetwork } from '@maker-registry/testbed';
import { Client } from 'pg';
import type { Report } from './measurements';
import { table } from './results';
import { submissionPeak } from './submission-peak';

const ROOT = resolve(__dirname, '..', '..');
const OPERATIONS_URL = 'http://127.0.0.1:10801/metrics';

interface Replay {
  readonly seconds: number;
  readonly transactions: number;
  readonly blocks: number;
}

/** Replays the whole ledger into fresh tables and compares the rate with a burst of live submissions in the same run. */
export async function mirrorReplay(report: Report): Promise<string[]> {
  const network = runningNetwork();
  const lagBefore = await lagHistogram();
  const live = await submissionPeak(network);
  report(`live peak ${live.toFixed(0)} transactions/s`);
  const lag = lagPercentile(lagBefore, await lagHistogram(), 0.99);
  report(`lag p99 at most ${lag} s after the block was received`);
  const replay = await rebuild(network);
  const rate = replay.transactions / replay.seconds;
  return [
    ...table(
      ['what', 'figure'],
      [
        ['live peak of this run', `${live.toFixed(0)} transactions/s`],
        [
          'replay from genesis, verified',
          `${rate.toFixed(0)} transactions/s, ${(replay.blocks / replay.seconds).toFixed(0)} blocks/s`,
        ],
        ['replay against live', `${(rate / live).toFixed(1)}×`],
        ['lag under that load, p99', `≤ ${lag * 1000} ms from block received to committed in PostgreSQL`],
      ],
    ),
    `Replayed ${replay.transactions} transactions in ${replay.blocks} blocks in ${replay.seconds.toFixed(1)} s, hashes of all tables included.`,
    '',
  ];
}

async function rebuild(network: RunningNetwork): Promise<Replay> {
  const database = new Client(databaseUrl(network));
  await database.connect();
  try {
    const started = performance.now();
    await finished(network);
    const seconds = (performance.now() - started) / 1000;
    const { rows } = await database.query<{ transactions: string; blocks: string }>(
      'SELECT (SELECT count(*) FROM registry.transactions) AS transactions, (SELECT count(*) FROM registry.blocks) AS blocks',
    );
    return { seconds, transactions: Number(rows[0]?.transactions), blocks: Number(rows[0]?.blocks) };
  } finally {
    await database.end();
  }
}

function finished(network: RunningNetwork): Promise<void> {
  const child = spawn(process.execPath, [resolve(ROOT, 'mirror/dist/main.js'), 'rebuild'], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl(network),
      REGISTRY_NETWORK_FILE: resolve(network.folder, 'network.json'),
      MIRROR_ORGANIZATION: 'op1',
    },
    stdio: 'ignore',
  });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => {
      if (code === 0) done();
      else failed(new Error(`mirror rebuild ended with ${code}`));
    });
  });
}

/** Cumulative counts of the mirror's lag histogram by upper bound in seconds. */
async function lagHistogram(): Promise<Map<number, number>> {
  const text = await (await fetch(OPERATIONS_URL)).text();
  const lines = [...text.matchAll(/mirror_lag_seconds_bucket\{le="([\d.]+)"[^}]*\} (\d+)/g)];
  return new Map(lines.map((line) => [Number(line[1]), Number(line[2])]));
}

/** The smallest bucket that holds the given share of what was observed between the two readings. */
function lagPercentile(
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
  share: number,
): number {
  const grown = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const);
  const all = grown.at(-1)?.[1] ?? 0;
  return grown.find(([, count]) => count >= all * share)?.[0] ?? Number.POSITIVE_INFINITY;
}
