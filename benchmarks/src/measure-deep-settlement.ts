import { join } from 'node:path';
import type { RecordClaim } from '@maker-registry/protocol';
import {
  fabricClient,
  runningNetwork,
  submit,
  type FabricClient,
  type RunningNetwork,
} from '@maker-registry/testbed';
import { PatientActor } from './acting-party';
import { cpuBetween, cpuTimes } from './cpu-time';
import { deepLineage, deepRequest } from './deep-lineage';
import { load } from './load';
import {
  DEEP_ANCESTORS,
  DEEP_BENEFICIARIES,
  DEEP_CONCURRENCY,
  DEEP_SETTLEMENTS,
  DEEP_WARM_UP,
} from './limits';
import type { Report } from './measurements';
import { ReplayedLedger, replayCost } from './replayed-ledger';
import { table } from './results';
import { jobs } from './workloads';

/** Three of four operators endorse each transaction; each runs the chaincode once. */
const ENDORSERS = 3;

/**
 * Chaincode CPU of one settlement over the deepest lineage with the most beneficiaries that the protocol permits: of the
 * contract alone, replayed on a state in memory, and of the whole chaincode process on the running network, which also
 * receives half a megabyte of policies over gRPC and TLS.
 */
export async function deepSettlement(report: Report): Promise<string[]> {
  const network = runningNetwork();
  const client = fabricClient(network);
  try {
    const rows: string[][] = [];
    for (const distinct of [false, true]) {
      const what = distinct ? 'others in every policy' : 'the same in every policy';
      report(`${DEEP_BENEFICIARIES} beneficiaries, ${what}: replayed`);
      const alone = await contractCost(distinct);
      report(`${DEEP_BENEFICIARIES} beneficiaries, ${what}: on the network`);
      const whole = await processCost(network, client, distinct);
      rows.push([what, alone.toFixed(1), whole.toFixed(1)]);
    }
    return table(
      [
        `${DEEP_ANCESTORS} ancestors, ${DEEP_BENEFICIARIES} beneficiaries each`,
        'CPU ms of the contract, replayed',
        'CPU ms of the chaincode process at one endorser',
      ],
      rows,
    );
  } finally {
    client.close();
  }
}

/** By the difference of two replays: what both do before the measured settlements cancels out. */
async function contractCost(distinct: boolean): Promise<number> {
  const ledger = new ReplayedLedger();
  const lineage = await deepLineage(await ledger.actor(), distinct);
  const payer = await ledger.actor();
  const settle = async (count: number) => {
    for (let n = 0; n < count; n += 1) await payer.act('settlement.settle', deepRequest(lineage));
  };
  await settle(DEEP_WARM_UP);
  const before = await replayCost(ledger.lines);
  await settle(DEEP_SETTLEMENTS);
  return ((await replayCost(ledger.lines)) - before) / DEEP_SETTLEMENTS;
}

async function processCost(
  network: RunningNetwork,
  client: FabricClient,
  distinct: boolean,
): Promise<number> {
  const lineage = await deepLineage(await PatientActor.register(network, client), distinct);
  const payer = await PatientActor.register(network, client);
  await settleAll(client, payer, lineage, DEEP_WARM_UP);
  const pids = join(network.folder, 'pids');
  const before = cpuTimes(pids);
  await settleAll(client, payer, lineage, DEEP_SETTLEMENTS);
  const used = cpuBetween(before, cpuTimes(pids)).get('chaincode') ?? Number.NaN;
  return used / (DEEP_SETTLEMENTS * ENDORSERS);
}

async function settleAll(
  client: FabricClient,
  { actor }: PatientActor,
  lineage: readonly RecordClaim[],
  count: number,
): Promise<void> {
  const prepared = await jobs(count, async () => {
    const call = await actor.call('settlement.settle', deepRequest(lineage));
    return () => submit(client, call);
  });
  const { committed, errors } = await load(prepared, DEEP_CONCURRENCY);
  if (committed === count) return;
  const reasons = [...errors].map(([reason, times]) => `${times} × ${reason}`).join('; ');
  throw new Error(`Only ${committed} of ${count} settlements were committed: ${reasons}`);
}
