import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { runningNetwork } from '@maker-registry/testbed';
import { ledgerHeight, ledgerTransactions, type LedgerTransaction } from './support/ledger';

const ROOT = resolve(__dirname, '..', '..');
/** Blocks replayed from the start of the chain; a fresh test network has a few hundred. */
const MAX_BLOCKS = 1_000;
const RUNTIMES = [
  ['this Node', process.execPath],
  ['Node 22', resolve(ROOT, 'node_modules/node22/bin/node')],
  ['Node 24', resolve(ROOT, 'node_modules/node24/bin/node')],
] as const;

interface Outcome {
  readonly tx_id: string;
  readonly error?: string;
  readonly writes: LedgerTransaction['writes'];
}

describe('chaincode gives the same writes on every supported Node', () => {
  const network = runningNetwork();
  let transactions: LedgerTransaction[];

  beforeAll(async () => {
    const height = await ledgerHeight(network);
    transactions = await ledgerTransactions(network, { from: 0, to: Math.min(height, MAX_BLOCKS) });
  });

  function replay(node: string): string {
    const input = transactions.map((transaction) => JSON.stringify(asReplay(transaction))).join('\n');
    const ran = spawnSync(node, [resolve(ROOT, 'chaincode/dist/replay.js')], {
      input: `${input}\n`,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    expect(ran.stderr).toBe('');
    return ran.stdout;
  }

  it('has real transactions to replay', () => {
    expect(transactions.length).toBeGreaterThan(2);
  });

  it.each(RUNTIMES)('%s gives exactly the writes that the operators endorsed', (_name, node) => {
    expect(existsSync(node)).toBe(true);
    const outcomes = replay(node)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome);
    expect(outcomes).toHaveLength(transactions.length);
    const bySortedKey = (writes: LedgerTransaction['writes']) =>
      [...writes].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    outcomes.forEach((outcome, index) => {
      const expected = transactions[index]!;
      expect({ tx: outcome.tx_id, error: outcome.error, writes: bySortedKey(outcome.writes) }).toEqual({
        tx: expected.txId,
        error: undefined,
        writes: bySortedKey(expected.writes),
      });
    });
  });
});

function asReplay(transaction: LedgerTransaction) {
  const { txId, args, creator, timestamp } = transaction;
  return { function: transaction.function, args, creator, txId, timestamp };
}
