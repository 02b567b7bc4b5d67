import { randomBytes } from 'node:crypto';
import { fabricClient, submit, type RunningNetwork } from '@maker-registry/testbed';
import { ROUND_TRANSACTIONS } from './limits';
import { load } from './load';
import { REGISTERING, workloads } from './workloads';

/** Transactions a second that commit when the registry's own chaincode is kept busy. */
export async function submissionPeak(network: RunningNetwork): Promise<number> {
  const client = fabricClient(network);
  try {
    const register = (await workloads(network, client)).find(({ label }) => label === REGISTERING);
    if (register === undefined) throw new Error('There is no workload that registers artifacts');
    const calls = await register.prepare(ROUND_TRANSACTIONS, randomBytes(4).toString('hex'));
    const result = await load(calls.length, (index) => {
      const call = calls[index];
      return call === undefined ? Promise.resolve() : submit(client, call);
    });
    return result.committed / result.seconds;
  } finally {
    client.close();
  }
}
