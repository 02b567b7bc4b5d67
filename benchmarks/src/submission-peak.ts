import { randomBytes } from 'node:crypto';
import { fabricClient, submit, type RunningNetwork } from '@maker-registry/testbed';
import { ROUND_TRANSACTIONS } from './limits';
import { load } from './load';
import { workloads } from './workloads';

/** Transactions a second that commit when the registry's own chaincode is kept busy. */
export async function submissionPeak(network: RunningNetwork): Promise<number> {
  const client = fabricClient(network);
  try {
    const register = (await workloads(network, client)).find(({ contract }) => contract === 'artifacts');
    if (register === undefined) throw new Error('There is no workload on artifacts');
    const calls = await register.prepare(ROUND_TRANSACTIONS, randomBytes(4).toString('hex'));
    const contract = client.contract(register.chaincode, register.contract);
    const result = await load(calls.length, (index) => {
      const call = calls[index];
      return call === undefined ? Promise.resolve() : submit(contract, call.name, call.args);
    });
    return result.committed / result.seconds;
  } finally {
    client.close();
  }
}
