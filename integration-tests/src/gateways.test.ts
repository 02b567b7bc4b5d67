import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serializeEnvelope } from '@maker-registry/protocol';
import { generateActorKey, type RegistryClient } from '@maker-registry/sdk';
import { registryClient, runningNetwork, startGateway, type ExtraGateway } from '@maker-registry/testbed';
import { licenseBody } from './support/documents';
import { http } from './support/http';
import { freshName, registeredActor } from './support/world';

const network = runningNetwork();
const ISSUER = 'https://login.example.org/';
const AUDIENCE = 'registry';

function jwt(key: KeyObject, claims: Record<string, unknown>, header: Record<string, unknown> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'ES256', kid: 'test', ...header })}.${part(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

describe('gateways of two operators side by side', () => {
  let folder: string;
  let other: ExtraGateway;
  let ours: RegistryClient;
  let theirs: RegistryClient;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oidc-'));
    const jwks = join(folder, 'jwks.json');
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'ES256' };
    writeFileSync(jwks, JSON.stringify({ keys: [jwk] }));
    other = await startGateway(network, 'op2', 10_810, {
      GATEWAY_PUBLIC_READS: 'false',
      OIDC_ISSUER: ISSUER,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_JWKS_FILE: jwks,
    });
    ours = registryClient(network);
    theirs = registryClient(other.network);
  });
  afterAll(async () => {
    ours.close();
    theirs.close();
    await other.stop();
    rmSync(folder, { recursive: true });
  });

  const claims = (more: Record<string, unknown> = {}) => {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'someone',
      iat: now,
      exp: now + 300,
      roles: ['auditor'],
      ...more,
    };
  };
  const read = (token?: string) =>
    http(
      other.network,
      '/v1/parameters',
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );

  it('commit one intent once, though it was sent to both at the same moment', async () => {
    const actor = await registeredActor(ours);
    const body = serializeEnvelope(
      await ours.buildIntent('license.define', licenseBody(freshName('both')), actor),
    );
    const send = (where: typeof network) =>
      http(where, '/v1/intents', { body, headers: { prefer: 'wait=30' } });
    const answers = await Promise.all([send(network), send(other.network)]);
    expect(answers.map((answer) => answer.json['status'])).toEqual(['committed', 'committed']);
    expect(answers[0].json['tx_id']).toBe(answers[1].json['tx_id']);
  });

  it('answer for an intent that came through the other one before', async () => {
    const actor = await registeredActor(ours);
    const envelope = await ours.buildIntent('license.define', licenseBody(freshName('before')), actor);
    const first = await ours.submitEnvelope(envelope);
    const second = await http(other.network, '/v1/intents', {
      body: serializeEnvelope(envelope),
      headers: { prefer: 'wait=30' },
    });
    expect([second.json['status'], second.json['tx_id']]).toEqual(['committed', first.tx_id]);
  });

  it('let in who bears a token of the configured issuer', async () => {
    expect((await read()).status).toBe(401);
    expect((await read(jwt(privateKey, claims()))).status).toBe(200);
  });

  it.each([
    ['is expired', () => jwt(privateKey, claims({ exp: 1 }))],
    ['is of another issuer', () => jwt(privateKey, claims({ iss: 'https://evil.example/' }))],
    ['is for another audience', () => jwt(privateKey, claims({ aud: 'elsewhere' }))],
    [
      'is signed by another key',
      () => jwt(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, claims()),
    ],
    ['claims no algorithm', () => jwt(privateKey, claims(), { alg: 'none' })],
    ['claims another algorithm', () => jwt(privateKey, claims(), { alg: 'HS256' })],
  ])('turn away a token that %s', async (_name, token) => {
    const answer = await read(token());
    expect([answer.status, answer.json['code']]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('relay for anyone, even where reads are not public: nobody may be able to block an intent', async () => {
    const actor = generateActorKey();
    const body = { alg: 'ed25519', public_key: actor.signer.publicKey } as const;
    const committed = await theirs.startEnvelope(await theirs.buildIntent('actor.register', body, actor));
    expect(['pending', 'submitted', 'committed']).toContain(committed.status);
  });
});

describe('a gateway that is asked too much', () => {
  it('answers RATE_LIMITED with the time to wait', async () => {
    const small = await startGateway(network, 'op3', 10_811, { GATEWAY_WRITES_PER_MINUTE: '2' });
    try {
      const answers = [];
      for (let n = 0; n < 4; n += 1) answers.push(await http(small.network, '/v1/intents', { body: '{}' }));
      const last = answers.at(-1);
      expect([last?.status, last?.json['code']]).toEqual([429, 'RATE_LIMITED']);
      expect(last?.headers['retry-after']).toEqual(expect.any(String));
    } finally {
      await small.stop();
    }
  });
});
