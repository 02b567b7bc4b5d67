import { LedgerActor, runningNetwork } from '@maker-registry/testbed';
import type { Gateway } from 'fabric-network';
import { enrollPlatform, olderClient } from './support/older-client';
import { freshName } from './support/world';

const network = runningNetwork();

describe('an enterprise platform that still uses fabric-network', () => {
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await olderClient(network, 'op2');
  });
  afterAll(() => {
    gateway.disconnect();
  });

  it('submits an intent and reads it back', async () => {
    const actor = new LedgerActor(network);
    const call = await actor.call('actor.register', {
      alg: actor.key.signer.alg,
      public_key: actor.key.signer.publicKey,
    });
    const channel = await gateway.getNetwork(network.file.channel);
    const contract = channel.getContract(network.file.chaincode, 'actors');
    await contract.submitTransaction(call.function, ...call.args);
    const answer = await contract.evaluateTransaction('Get', actor.id);
    expect(JSON.parse(answer.toString('utf8'))).toMatchObject({ actor_id: actor.id, status: 'active' });
  });

  it('acts with an identity it has just enrolled at the operator’s CA', async () => {
    const fresh = await olderClient(
      network,
      'op2',
      await enrollPlatform(network, 'op2', freshName('platform')),
    );
    try {
      const actor = new LedgerActor(network);
      const call = await actor.call('actor.register', {
        alg: actor.key.signer.alg,
        public_key: actor.key.signer.publicKey,
      });
      const channel = await fresh.getNetwork(network.file.channel);
      const contract = channel.getContract(network.file.chaincode, 'actors');
      const answer = await contract.submitTransaction(call.function, ...call.args);
      expect(JSON.parse(answer.toString('utf8'))).toMatchObject({ id: actor.id });
    } finally {
      fresh.disconnect();
    }
  });

  it('is told the stable code when chaincode refuses', async () => {
    const channel = await gateway.getNetwork(network.file.channel);
    const contract = channel.getContract(network.file.chaincode, 'actors');
    await expect(contract.submitTransaction('Register', '{"payload":1}')).rejects.toThrow(
      'ENVELOPE_MALFORMED',
    );
  });
});
