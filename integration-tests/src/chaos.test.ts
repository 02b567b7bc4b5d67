import { intentId, payloadBytes, parseEnvelope, type Envelope } from '@maker-registry/protocol';
import type { RegistryClient, SoftwareActorKey } from '@maker-registry/sdk';
import { eventually, killHard, runningNetwork, registryClient } from '@maker-registry/testbed';
import { makeUp, mirror } from './support/commands';
import { licenseBody } from './support/documents';
import { ledgerHeight, ledgerTransactions } from './support/ledger';
import { freshName, registeredActor } from './support/world';

/** Operations in all: a few hundred, so that every kill falls into the middle of some. */
const OPERATIONS = 300;
const IN_FLIGHT = 8;
/** An operation may need this long in all, kills and restarts included, in milliseconds. */
const OPERATION_LIMIT_MS = 180_000;
const RETRY_MS = 200;
const VICTIMS = ['op2-orderer', 'op3-peer', 'op4-chaincode', 'gateway', 'mirror', 'postgres'];
const LIMIT_MS = 420_000;

const network = runningNetwork();

describe('parts of the network die without warning during a run', () => {
  let client: RegistryClient;
  let actor: SoftwareActorKey;
  const envelopes: Envelope[] = [];
  let started = 0;
  let committed = 0;

  beforeAll(async () => {
    client = registryClient(network);
    actor = await registeredActor(client);
    started = await ledgerHeight(network);
    for (let n = 0; n < OPERATIONS; n += 1)
      envelopes.push(await client.buildIntent('license.define', licenseBody(freshName(`chaos-${n}`)), actor));
  });
  afterAll(async () => {
    client.close();
    await makeUp();
  });

  /** Sends the same bytes until the gateway says they are in the ledger; only a refusal of the ledger ends it early. */
  async function insist(envelope: Envelope): Promise<void> {
    await eventually(`operation ${intentId(envelope)}`, OPERATION_LIMIT_MS, async () => {
      try {
        await client.submitEnvelope(envelope, { wait: 20 });
        return true;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        return undefined;
      }
    });
    committed += 1;
  }

  async function killAll(): Promise<void> {
    for (const [index, victim] of VICTIMS.entries()) {
      // Spread over the run by progress, not by the clock: each kill meets operations in flight.
      const due = Math.floor((OPERATIONS * (index + 1)) / (VICTIMS.length + 2));
      await eventually(`${due} operations`, LIMIT_MS, () => (committed >= due ? true : undefined));
      killHard(network, victim);
      await makeUp();
    }
  }

  it(
    'loses and doubles nothing',
    async () => {
      const queue = [...envelopes];
      const worker = async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) await insist(next);
      };
      await Promise.all([killAll(), ...Array.from({ length: IN_FLIGHT }, worker)]);
      const height = await ledgerHeight(network);
      const found = await ledgerTransactions(network, { from: started, to: height });
      const ours = found
        .filter((transaction) => transaction.function === 'licenses:Define')
        .map((transaction) => parseEnvelope(transaction.args[0] ?? ''))
        .filter((envelope) => Buffer.from(payloadBytes(envelope)).includes(actor.actorId))
        .map(intentId);
      expect(ours.sort()).toEqual(envelopes.map(intentId).sort());
    },
    LIMIT_MS,
  );

  it('leaves a mirror that equals the ledger', async () => {
    const verdict = await mirror(network, 'verify');
    expect([verdict.code, verdict.stderr.slice(-300)]).toEqual([0, expect.anything()]);
  }, 120_000);
});
