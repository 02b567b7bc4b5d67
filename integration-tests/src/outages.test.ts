import { generateActorKey, type RegistryClient } from '@maker-registry/sdk';
import { eventually, killHard, registryClient, runningNetwork } from '@maker-registry/testbed';
import { makeUp } from './support/commands';
import { http } from './support/http';

const network = runningNetwork();
/** The gateway notices an outage and its end within this time, in milliseconds. */
const NOTICE_LIMIT_MS = 30_000;
const LIMIT_MS = 120_000;

describe('a part that is away', () => {
  let client: RegistryClient;
  beforeAll(() => {
    client = registryClient(network);
  });
  afterAll(async () => {
    await makeUp();
    client.close();
  });

  const ready = () => http(network, '/readyz').then((answer) => answer.status);

  it(
    'is named while PostgreSQL is away, and reads work again without a restart',
    async () => {
      killHard(network, 'postgres');
      const answer = await eventually('a refusal', NOTICE_LIMIT_MS, async () => {
        const seen = await http(network, '/v1/parameters');
        return seen.status === 503 ? seen : undefined;
      });
      expect(answer.json['code']).toBe('MIRROR_UNAVAILABLE');
      expect(answer.headers['retry-after']).toEqual(expect.any(String));
      expect(await ready()).toBe(503);
      await makeUp();
      await eventually('readiness', NOTICE_LIMIT_MS, async () =>
        (await ready()) === 200 ? true : undefined,
      );
      expect((await http(network, '/v1/parameters')).status).toBe(200);
    },
    LIMIT_MS,
  );

  it(
    'keeps an intent that was taken while the own peer is away, and commits it once the peer is back',
    async () => {
      const actor = generateActorKey();
      const envelope = await client.buildIntent(
        'actor.register',
        { alg: 'ed25519', public_key: actor.signer.publicKey },
        actor,
      );
      killHard(network, 'op1-peer');
      const operation = await client.startEnvelope(envelope);
      expect(['pending', 'submitted']).toContain(operation.status);
      await makeUp();
      const committed = await client.followOperation(operation, 60);
      expect(committed.status).toBe('committed');
      expect((await client.read.actor(actor.actorId, { minHeight: 'own' })).actor_id).toBe(actor.actorId);
    },
    LIMIT_MS,
  );
});
