import {
  gatewaySource,
  bundleSource,
  mirrorSource,
  verify,
  type RecordSource,
} from '@maker-registry/verifier';
import { generateAttestationKey, type RegistryClient } from '@maker-registry/sdk';
import { databaseUrl, registryClient, runningNetwork } from '@maker-registry/testbed';
import { Pool } from 'pg';
import { paramsDocument, Studio } from './support/studio';

const network = runningNetwork();

describe('the verifier', () => {
  let client: RegistryClient;
  let pool: Pool;
  let studio: Studio;

  beforeAll(async () => {
    client = registryClient(network);
    pool = new Pool({ connectionString: databaseUrl(network) });
    studio = await Studio.open(client, 'bip340');
  });
  afterAll(async () => {
    client.close();
    await pool.end();
  });

  it('finds the same at a gateway, in a mirror and in a bundle, also after a rotation and a compromise', async () => {
    const root = await studio.recorded();
    const leaf = await studio.recorded(root);
    const rotation = {
      ...(await studio.rotationBody(generateAttestationKey())),
      reason: 'compromise' as const,
    };
    await client.submitIntent('model.rotate', { ...rotation, compromised_from: 1_700_000_000 }, studio.owner);
    const { provenance } = client.read;
    const bundle = JSON.stringify(
      await provenance.bundle(leaf.model_ref, leaf.content_hash, { minHeight: 'own' }),
    );
    const sources: readonly RecordSource[] = [
      gatewaySource(client, network.file.gateway.url),
      mirrorSource(pool, 'op1'),
      bundleSource(bundle),
    ];
    const subject = { kind: 'record' as const, modelRef: leaf.model_ref, contentHash: leaf.content_hash };
    const params = JSON.stringify(paramsDocument());
    const findings = await Promise.all(
      sources.map(async (source) => {
        const { status, checks, risks, evidence, anchors, refs } = await verify(subject, {
          source,
          at: 1,
          params,
        });
        return { status, checks, risks, evidence, anchors, refs };
      }),
    );
    const [first] = findings;
    for (const finding of findings) expect(finding).toEqual(first);
    // The signature holds under the key that it was made with; what is known of that key is a risk, not a verdict.
    expect(first?.evidence).toMatchObject({
      commitment_verified: true,
      signature_verified: true,
      binding_verified: true,
    });
    expect(first?.risks).toContain('key-compromised');
    expect(first?.status).toBe('INCONCLUSIVE');
  });
});
