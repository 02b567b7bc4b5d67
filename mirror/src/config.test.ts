import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, peerSource } from './config';

const network = {
  channel: 'registry',
  chaincode: 'registry',
  genesis_hash: 'ab'.repeat(32),
  organizations: [
    {
      name: 'op1',
      msp_id: 'Op1MSP',
      peer: { endpoint: '127.0.0.1:10120', tls_ca_cert: '/tls.pem', server_name: '127.0.0.1' },
      identities: { auditor: { cert: '/cert.pem', key: '/key.pem' } },
    },
    { name: 'regulator', msp_id: 'RegulatorMSP' },
  ],
};
const file = join(mkdtempSync(join(tmpdir(), 'mirror-config-')), 'network.json');
writeFileSync(file, JSON.stringify(network));
const environment = { REGISTRY_NETWORK_FILE: file, MIRROR_ORGANIZATION: 'op1', DATABASE_URL: 'postgres://x' };

describe('loadConfig', () => {
  it('takes peer and identity of the organization', async () => {
    expect(await loadConfig(environment)).toMatchObject({
      source: { endpoint: '127.0.0.1:10120', mspId: 'Op1MSP', certificate: '/cert.pem', key: '/key.pem' },
      operationsHost: '127.0.0.1',
      operationsPort: 10_801,
    });
  });

  it.each([
    ['DATABASE_URL', '', 'DATABASE_URL is not set'],
    ['REGISTRY_NETWORK_FILE', '', 'REGISTRY_NETWORK_FILE is not set'],
    ['REGISTRY_NETWORK_FILE', '/none', "can't read '/none'"],
    ['REGISTRY_NETWORK_FILE', __filename, "can't read"],
    ['MIRROR_ORGANIZATION', '', 'MIRROR_ORGANIZATION is not set'],
    ['MIRROR_ORGANIZATION', 'op9', 'the network has: op1, regulator'],
    ['MIRROR_ORGANIZATION', 'regulator', "'peer.endpoint' is missing"],
    ['MIRROR_OPERATIONS_PORT', 'http', 'not a port number'],
    ['MIRROR_OPERATIONS_PORT', '70000', 'not a port number'],
    ['MIRROR_OPERATIONS_PORT', '-1', 'not a port number'],
  ])('refuses %s=%s by name', async (name, value, message) => {
    await expect(loadConfig({ ...environment, [name]: value })).rejects.toThrow(message);
  });

  it.each([
    ['no object', []],
    ['no genesis hash', { ...network, genesis_hash: undefined }],
    ['a genesis hash that is none', { ...network, genesis_hash: 'AB' }],
    ['no organizations', { ...network, organizations: 'none' }],
  ])('refuses a network file with %s', (_what, value) => {
    expect(() => peerSource(value, 'op1')).toThrow(/REGISTRY_NETWORK_FILE|MIRROR_ORGANIZATION/);
  });
});
