import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type RecordClaim } from '@maker-registry/protocol';
import {
  fabricClient,
  LedgerActor,
  runningNetwork,
  submit,
  type FabricClient,
  type RunningNetwork,
} from '@maker-registry/testbed';
import { cpuBetween, cpuTimes } from './cpu-time';
import { GeneratingModel } from './generating-model';
import { load } from './load';
import {
  DEEP_ANCESTORS,
  DEEP_BENEFICIARIES,
  DEEP_CONCURRENCY,
  DEEP_SETTLEMENTS,
  DEEP_WARM_UP,
} from './limits';
import type { Report } from './measurements';
import { benchRequest } from './provenance-workloads';
import { table } from './results';
import { jobs } from './workloads';

/** Three of four operators endorse each transaction; each runs the chaincode once. */
const ENDORSERS = 3;
const WHOLE_BPS = 10_000;

/** Chaincode CPU of one settlement over the deepest lineage with the most beneficiaries that the protocol permits. */
export async function deepSettlement(report: Report): Promise<string[]> {
  const network = runningNetwork();
  const client = fabricClient(network);
  try {
    const rows: string[][] = [];
    for (const distinct of [false, true]) {
      const what = distinct ? 'others in every policy' : 'the same in every policy';
      report(`a lineage of ${DEEP_ANCESTORS} with ${DEEP_BENEFICIARIES} beneficiaries each, ${what}`);
      const lineage = await deepLineage(network, client, distinct);
      rows.push([what, (await costOf(network, client, lineage)).toFixed(1)]);
    }
    return table(
      [
        `${DEEP_ANCESTORS} ancestors, ${DEEP_BENEFICIARIES} beneficiaries each`,
        'chaincode CPU ms at one endorser',
      ],
      rows,
    );
  } finally {
    client.close();
  }
}

async function deepLineage(
  network: RunningNetwork,
  client: FabricClient,
  distinct: boolean,
): Promise<readonly RecordClaim[]> {
  const model = await GeneratingModel.register(network, client);
  const claims: RecordClaim[] = [];
  for (let generation = 0; generation <= DEEP_ANCESTORS; generation += 1) {
    const claim = await model.claim(claims[0]?.content_hash);
    await model.record(claim);
    await model.policy(claim, {
      beneficiaries: beneficiaries(distinct ? `${generation}/` : ''),
      shares_bps: shares(),
      derivative_royalty_bps: 100,
      max_depth: DEEP_ANCESTORS,
    });
    claims.unshift(claim);
  }
  return claims;
}

function beneficiaries(prefix: string): string[] {
  return Array.from({ length: DEEP_BENEFICIARIES }, (_unused, n) =>
    createHash('sha256').update(`${prefix}${n}`).digest('hex'),
  );
}

/** As equal as basis points allow, the rest to the first. */
function shares(): number[] {
  const each = Math.floor(WHOLE_BPS / DEEP_BENEFICIARIES);
  return Array.from({ length: DEEP_BENEFICIARIES }, (_unused, n) =>
    n === 0 ? WHOLE_BPS - each * (DEEP_BENEFICIARIES - 1) : each,
  );
}

async function costOf(
  network: RunningNetwork,
  client: FabricClient,
  [sold, ...ancestors]: readonly RecordClaim[],
): Promise<number> {
  if (sold === undefined) throw new Error('The lineage is empty');
  const hint = ancestors.map(({ model_ref, content_hash }) => ({ model_ref, content_hash }));
  const payer = new LedgerActor(network);
  await payer.register(client);
  const settle = async (count: number) => {
    const prepared = await jobs(count, async () => {
      const request = { ...benchRequest(sold, randomBytes(8).toString('hex')), lineage_hint: hint };
      const call = await payer.call('settlement.settle', request);
      return () => submit(client, call);
    });
    const { committed, errors } = await load(prepared, DEEP_CONCURRENCY);
    if (committed !== count) {
      const reasons = [...errors].map(([reason, times]) => `${times} × ${reason}`).join('; ');
      throw new Error(`Only ${committed} of ${count} settlements were committed: ${reasons}`);
    }
  };
  await settle(DEEP_WARM_UP);
  const pids = join(network.folder, 'pids');
  const before = cpuTimes(pids);
  await settle(DEEP_SETTLEMENTS);
  const used = cpuBetween(before, cpuTimes(pids)).get('chaincode') ?? Number.NaN;
  return used / (DEEP_SETTLEMENTS * ENDORSERS);
}
