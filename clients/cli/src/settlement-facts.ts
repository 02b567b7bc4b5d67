import { type LayerFacts, type Settlement, settlementId } from '@maker-registry/protocol';
import { ClientError, type RegistryClient } from '@maker-registry/sdk';

/** A settlement by its id. Throws GATEWAY_LIED for another one: its id follows from payer and reference. */
export async function readSettlement({ read }: RegistryClient, id: string): Promise<Settlement> {
  const settlement = await read.royalties.settlement(id);
  if (settlementId(settlement.payer, settlement.settlement_ref) === id) return settlement;
  throw new ClientError('GATEWAY_LIED', 'The gateway answered with another settlement.', { subject: id });
}

/** The ledger facts behind every layer: its record, the policy version it names, and its model's owner. */
export async function readFacts(client: RegistryClient, { layers }: Settlement): Promise<LayerFacts[]> {
  const { provenance, royalties } = client.read;
  return await Promise.all(
    layers.map(async ({ model_ref: model, content_hash: content, policy_version: version }) => ({
      record: await provenance.record(model, content),
      policy: version === 0 ? undefined : await royalties.policyVersion(model, content, version),
      owner: (await provenance.model(model)).owner,
    })),
  );
}
