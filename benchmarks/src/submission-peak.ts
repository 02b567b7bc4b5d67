import { randomBytes } from 'node:crypto';
import { fabricClient, type RunningNetwork } from '@maker-registry/testbed';
import { ROUND_TRANSACTIONS } from './limits';
import { load } from './load';
import { REGISTERING, workloads } from './workloads';

/** Transactions a second that commit when the registry's own chaincode is kept busy. */
export async function submissionPeak(network: RunningNetwork): Promise<number> {
  const client = fabricClient(network);
  try {
    const all = await workloads(network, { client, registries: [] });
    const register = all.find(({ label }) => label === REGISTERING);
    if (register === undefined) throw new Error('There is no workload that registers artifacts');
    const result = await load(await register.prepare(ROUND_TRANSACTIONS, randomBytes(4).toString('hex')));
    return result.committed / result.seconds;
  } finally {
    client.close();
  }
}
