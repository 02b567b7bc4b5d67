import { LedgerActor, runningNetwork } from '@maker-registry/testbed';
import type { Gateway } from 'fabric-network';
import { olderClient } from './support/older-client';

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
    await contract.submitTransaction(call.function, call.argument);
    const answer = await contract.evaluateTransaction('Get', actor.id);
    expect(JSON.parse(answer.toString('utf8'))).toMatchObject({ actor_id: actor.id, status: 'active' });
  });

  it('is told the stable code when chaincode refuses', async () => {
    const channel = await gateway.getNetwork(network.file.channel);
    const contract = channel.getContract(network.file.chaincode, 'actors');
    await expect(contract.submitTransaction('Register', '{"payload":1}')).rejects.toThrow(
      'ENVELOPE_MALFORMED',
    );
  });
});
