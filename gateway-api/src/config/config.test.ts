import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error';
import { readConfig } from './config';
import { type Environment } from './environment';

const folder = mkdtempSync(join(tmpdir(), 'gateway-config-'));
for (const file of ['cacerts/ca.pem', 'tlscacerts/tlsca.pem']) {
  mkdirSync(join(folder, 'msp', file, '..'), { recursive: true });
  writeFileSync(join(folder, 'msp', file), 'a certificate');
}

const NETWORK = {
  channel: 'registry',
  chaincode: 'registry',
  genesis_hash: 'ab'.repeat(32),
  organizations: [
    {
      name: 'op1',
      msp_id: 'Op1MSP',
      role: 'operator',
      msp_dir: join(folder, 'msp'),
      peer: { endpoint: '127.0.0.1:7051', tls_ca_cert: '/tls.pem', server_name: 'peer' },
      identities: {
        gateway: {
          cert: '/cert.pem',
          key: '/key.pem',
          msp_id: 'Op1MSP',
          hsm: { label: 'op1' },
          tls_cert: '/t.pem',
          tls_key: '/t.key',
        },
      },
    },
    {
      name: 'regulator',
      msp_id: 'RegulatorMSP',
      role: 'regulator',
      msp_dir: join(folder, 'msp'),
      identities: {},
    },
  ],
  hsm: { module: '/m.so', conf: '/softhsm2.conf', pin_file: '/pin' },
  postgres: { url: 'postgres://u:p@127.0.0.1:5432/registry' },
};

function networkFile(change: object = {}): string {
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, JSON.stringify({ ...NETWORK, ...change }));
  return file;
}

function environment(change: Environment = {}, network: object = {}): Environment {
  return {
    REGISTRY_NETWORK_FILE: networkFile(network),
    GATEWAY_ORGANIZATION: 'op1',
    GATEWAY_PORT: '10800',
    ...change,
  };
}

function refusal(env: Environment): string {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('the configuration was accepted');
}

describe('readConfig', () => {
  it('takes what the network file says', () => {
    expect(readConfig(environment())).toMatchObject({
      instance: 'Op1MSP:10800',
      host: '127.0.0.1',
      databaseUrl: NETWORK.postgres.url,
      peer: { endpoint: '127.0.0.1:7051', serverName: 'peer' },
      identity: { mspId: 'Op1MSP', certificateFile: '/cert.pem', key: { kind: 'hsm' } },
      hsm: { token: 'op1', softhsmConf: '/softhsm2.conf' },
      tls: { certificateFile: '/t.pem', keyFile: '/t.key' },
      oidc: undefined,
      publicReads: true,
    });
  });

  it('names the CRLs by the gateway’s own address where nothing else is said', () => {
    const given = environment({ CRL_URL: 'https://op1.example/v1/crl', CRL_SHARDS: '8' });
    expect(readConfig(given).trust?.crl).toEqual({ url: 'https://op1.example/v1/crl', shards: 8 });
    const own = { url: 'https://127.0.0.1:10800/v1/crl', shards: 1 };
    expect(readConfig(environment()).trust?.crl).toEqual(own);
  });

  it('lets variables rule', () => {
    const config = readConfig(
      environment({
        DATABASE_URL: 'postgresql://other/db',
        GATEWAY_FABRIC_KEY: 'software',
        GATEWAY_PUBLIC_READS: 'false',
        GATEWAY_INSTANCE: 'blue',
        HSM_TOKEN: 'other',
        SOFTHSM2_CONF: '/etc/softhsm2.conf',
        OIDC_ISSUER: 'https://id.example/realm',
        OIDC_AUDIENCE: 'registry',
      }),
    );
    expect(config).toMatchObject({
      databaseUrl: 'postgresql://other/db',
      identity: { key: { kind: 'software', keyFile: '/key.pem' } },
      instance: 'blue',
      publicReads: false,
      hsm: { token: 'other', softhsmConf: '/etc/softhsm2.conf' },
    });
    expect(config.oidc?.jwks).toMatchObject({ kind: 'discovery' });
    expect(config.oidc?.jwks).toHaveProperty(
      'url.href',
      'https://id.example/realm/.well-known/openid-configuration',
    );
  });

  it.each<[string, string, Environment]>([
    ['the address of the CRLs', 'CRL_URL', { CRL_URL: 'https://op1.example/v1/crl?x=1' }],
    ['another address of the CRLs', 'CRL_URL', { CRL_URL: 'ftp://op1.example/v1/crl' }],
    ['shards without an address', 'CRL_URL', { CRL_SHARDS: '8' }],
    ['no shard', 'CRL_SHARDS', { CRL_SHARDS: '0', CRL_URL: 'https://op1.example/v1/crl' }],
    ['a missing file', 'REGISTRY_NETWORK_FILE', { REGISTRY_NETWORK_FILE: '/nowhere.json' }],
    ['no file', 'REGISTRY_NETWORK_FILE', { REGISTRY_NETWORK_FILE: '' }],
    ['an unknown organization', 'GATEWAY_ORGANIZATION', { GATEWAY_ORGANIZATION: 'op9' }],
    ['an organization without a gateway', 'GATEWAY_ORGANIZATION', { GATEWAY_ORGANIZATION: 'regulator' }],
    ['no port', 'GATEWAY_PORT', { GATEWAY_PORT: undefined }],
    ['a port in words', 'GATEWAY_PORT', { GATEWAY_PORT: 'https' }],
    ['a port beyond the range', 'GATEWAY_PORT', { GATEWAY_PORT: '70000' }],
    ['a negative number', 'GATEWAY_WORKERS', { GATEWAY_WORKERS: '-1' }],
    ['a fraction', 'GATEWAY_WORKERS', { GATEWAY_WORKERS: '1.5' }],
    ['another kind of key', 'GATEWAY_FABRIC_KEY', { GATEWAY_FABRIC_KEY: 'tpm' }],
    ['a flag in words', 'GATEWAY_PUBLIC_READS', { GATEWAY_PUBLIC_READS: 'yes' }],
    ['a database of another kind', 'DATABASE_URL', { DATABASE_URL: 'mysql://x/y' }],
    ['a database that is no URL', 'DATABASE_URL', { DATABASE_URL: 'localhost' }],
    ['an unknown log level', 'GATEWAY_LOG_LEVEL', { GATEWAY_LOG_LEVEL: 'loud' }],
    ['an issuer without audience', 'OIDC_AUDIENCE', { OIDC_ISSUER: 'https://id.example' }],
    ['an issuer without TLS', 'OIDC_ISSUER', { OIDC_ISSUER: 'http://id.example', OIDC_AUDIENCE: 'x' }],
    [
      'two sources of keys',
      'OIDC_JWKS_URL',
      { OIDC_ISSUER: 'x', OIDC_AUDIENCE: 'x', OIDC_JWKS_URL: 'https://x', OIDC_JWKS_FILE: '/x' },
    ],
  ])('refuses %s by the name of the variable', (_name, variable, change) => {
    expect(refusal(environment(change))).toMatch(new RegExp(`^${variable}: `));
  });

  it.each<[string, object, Environment]>([
    ['no channel', { channel: undefined }, {}],
    ['a genesis hash that is none', { genesis_hash: 'x' }, {}],
    ['no organizations', { organizations: [] }, {}],
    ['no peer', { organizations: [{ ...NETWORK.organizations[0], peer: undefined }] }, {}],
    ['no key file for a software key', { organizations: [withoutKey()] }, { GATEWAY_FABRIC_KEY: 'software' }],
    ['no HSM for a key in one', { hsm: undefined }, {}],
  ])('refuses a network file with %s', (_name, network, change) => {
    expect(refusal(environment(change, network))).toMatch(/^(?:REGISTRY_NETWORK_FILE|GATEWAY_\w+): /);
  });

  it('tells what is wrong with JSON', () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{"channel":"a","channel":"b"}');
    expect(refusal(environment({ REGISTRY_NETWORK_FILE: file }))).toContain('twice');
  });
});

function withoutKey(): object {
  const [first] = NETWORK.organizations;
  return {
    ...first,
    identities: { gateway: { cert: '/c', msp_id: 'Op1MSP', tls_cert: '/t', tls_key: '/k' } },
  };
}
