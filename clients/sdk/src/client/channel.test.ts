import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import { parseBlock } from '@maker-registry/fabric-proofs';
import { encodeConfigTree } from '@maker-registry/fabric-proofs/dist/config-tree';
import { makeBlock } from '@maker-registry/fabric-proofs/dist/testing/synthetic-chain';
import {
  configurationOf,
  testAuthority,
  type TestAuthority,
} from '@maker-registry/fabric-proofs/dist/testing/test-organization';
import { RegistryError } from '@maker-registry/protocol';
import { type FabricIdentity } from '../acts/fabric-identity';
import { Channel } from './channel';
import { type GatewayConnection } from './gateway-connection';

const LEDGER = readFileSync(join(__dirname, '..', '..', '..', '..', 'libs/fabric-proofs/fixtures/ledger.br'));
const NOW = Math.floor(Date.now() / 1_000);

function configTransaction(data: Uint8Array): Uint8Array {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(data);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}

describe('putting a CRL into the channel', () => {
  let ca: TestAuthority;
  let admin: FabricIdentity;
  let genesis: Buffer;
  let hash: string;
  /** What the gateway answers to each submission, in order. */
  let outcomes: (() => object)[];
  let posts: Record<string, unknown>[];
  let channel: Channel;

  beforeAll(async () => {
    ca = await testAuthority('ca.op1');
    const { certificate, key } = await ca.issue('CN=admin, OU=admin', '05');
    admin = { mspId: 'Op1MSP', certificate, privateKey: key };
    const made = makeBlock({
      number: 0,
      previousHash: Buffer.alloc(0),
      envelopes: [configTransaction(encodeConfigTree(configurationOf(LEDGER, ca)))],
      lastConfig: 0,
      signers: [],
    });
    genesis = Buffer.from(made.bytes);
    hash = made.headerHash.toString('hex');
  });

  function channelOf(network: string, page: object): Channel {
    const gateway = {
      send: () => Promise.resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(page)) }),
      post: async (_path: string, body: Record<string, unknown>) => {
        posts.push(body);
        return await Promise.resolve(outcomes.shift()?.() ?? {});
      },
    };
    return new Channel(gateway as unknown as GatewayConnection, network, 'registry');
  }

  beforeEach(() => {
    [outcomes, posts] = [[], []];
    channel = channelOf(hash, { items: [{ number: 0, block: genesis.toString('base64') }], more: false });
  });

  const crl = (serial = '0a01'): Buffer =>
    ca.crl({ thisUpdate: NOW - 100, nextUpdate: NOW + 1_000, revoked: [{ serial, revokedAt: NOW - 200 }] });
  const stale = (): never => {
    throw new RegistryError('CHANNEL_UPDATE_STALE', 'Another update came first.');
  };

  it('shows the effect and sends nothing', async () => {
    const { effect, configBlock } = await channel.planRevocations({ mspId: 'Op1MSP', crl: crl() });
    expect([effect.crls[0]?.added_serials, configBlock, posts]).toEqual([['0a01'], 0, []]);
  });

  it('sends what the administrator signed', async () => {
    outcomes = [() => ({ block: 12 })];
    expect(await channel.publishRevocations({ mspId: 'Op1MSP', crl: crl() }, admin)).toMatchObject({
      ...{ block: 12, attempts: 1 },
    });
    expect(posts).toHaveLength(1);
  });

  it('builds anew when another update came first, and not for ever', async () => {
    outcomes = [stale, stale, () => ({ block: 12 })];
    expect(await channel.publishRevocations({ mspId: 'Op1MSP', crl: crl() }, admin)).toMatchObject({
      attempts: 3,
    });
    outcomes = [stale, stale, stale, stale, stale];
    await expect(channel.publishRevocations({ mspId: 'Op1MSP', crl: crl() }, admin)).rejects.toMatchObject({
      code: 'CHANNEL_UPDATE_STALE',
    });
    expect(posts).toHaveLength(3 + 4);
  });

  it('signs nothing that would lock the signer out', async () => {
    await expect(
      channel.publishRevocations({ mspId: 'Op1MSP', crl: crl('05') }, admin),
    ).rejects.toMatchObject({
      code: 'CHANNEL_UPDATE_REFUSED',
      subject: 'CRL_LOCKS_OUT',
    });
    expect(posts).toEqual([]);
  });

  it('takes no configuration of another network', async () => {
    const block = { number: 0, block: genesis.toString('base64') };
    const other = channelOf('00'.repeat(32), { items: [block], more: false });
    await expect(other.configuration()).rejects.toMatchObject({ code: 'GATEWAY_LIED' });
    const own = parseBlock(genesis);
    expect(own.header.number).toBe(0);
    const changed = Buffer.from(genesis);
    changed[changed.indexOf(Buffer.from('Op1MSP'))] = 0x4f ^ 1;
    const tampered = channelOf(hash, {
      items: [{ number: 0, block: changed.toString('base64') }],
      more: false,
    });
    await expect(tampered.configuration()).rejects.toMatchObject({ code: 'GATEWAY_LIED' });
  });

  it.each<[string, object]>([
    ['no list', {}],
    ['what is no block', { items: [{ number: 0, block: '%' }], more: false }],
    ['a block without a number', { items: [{ block: 'AAAA' }], more: false }],
  ])('says so when the gateway answers with %s', async (_what, page) => {
    await expect(channelOf(hash, page).configuration()).rejects.toMatchObject({ code: 'RESPONSE_MALFORMED' });
  });

  it('believes no answer without a block', async () => {
    outcomes = [() => ({ block: 'soon' })];
    await expect(channel.publishRevocations({ mspId: 'Op1MSP', crl: crl() }, admin)).rejects.toMatchObject({
      code: 'RESPONSE_MALFORMED',
    });
  });
});
