import { type RecordKey, type SettlementRequest } from '@maker-registry/protocol';
import { intentCall, submit, type FabricClient, type RunningNetwork } from '@maker-registry/testbed';
import { PatientActor } from './acting-party';
import { GeneratingModel } from './generating-model';
import { BATCH_RECORDS, BATCH_TRANSACTIONS } from './limits';
import { jobs, plainCreate, type PreparedLoad } from './workloads';

/** Label of the loads that are compared with each other. */
export const PLAIN = 'plain asset-create';
export const ONE_RECORD = 'record.register, one record';
export const BATCH = `record.register, ${BATCH_RECORDS} records`;
export const ONE_VAULT = 'settlement.settle, all into one vault';

/** What a payer of a load asks for. */
export function benchRequest(
  key: RecordKey & { readonly scheme_ref: string },
  ref: string,
): SettlementRequest {
  return {
    model_ref: key.model_ref,
    content_hash: key.content_hash,
    scheme_hint: key.scheme_ref,
    amount: '123456',
    currency: 'EUR',
    settlement_ref: ref,
    mode: 'permissive',
  };
}

/** Plain creation first: everything else is measured against it. */
export async function provenanceWorkloads(
  network: RunningNetwork,
  client: FabricClient,
): Promise<PreparedLoad[]> {
  const owner = await PatientActor.register(network, client);
  const model = await GeneratingModel.register(owner);
  const { actor: payer } = await PatientActor.register(network, client);
  const sold = await model.claim();
  await model.record(sold);
  await model.policy(sold, {
    beneficiaries: [model.owner.id],
    shares_bps: [10_000],
    derivative_royalty_bps: 500,
    max_depth: 8,
  });
  const recordJob = async (size: number) => {
    const records = await Promise.all(Array.from({ length: size }, async () => model.claim()));
    const call = await owner.actor.call('record.register', { records });
    return () => submit(client, call);
  };
  return [
    { label: PLAIN, prepare: (count, run) => jobs(count, (n) => plainCreate(client, `${run}-${n}`)) },
    { label: ONE_RECORD, prepare: (count) => jobs(count, () => recordJob(1)) },
    {
      label: BATCH,
      transactions: BATCH_TRANSACTIONS,
      prepare: (count) => jobs(count, () => recordJob(BATCH_RECORDS)),
    },
    {
      label: ONE_VAULT,
      prepare: (count, run) =>
        jobs(count, async (n) => {
          const intent = await payer.intent('settlement.settle', benchRequest(sold, `${run}-${n}`));
          const call = intentCall(network, 'settlement.settle', intent);
          return () => submit(client, call);
        }),
    },
  ];
}
