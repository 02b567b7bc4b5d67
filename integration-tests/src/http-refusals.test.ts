import { serializeEnvelope } from '@maker-registry/protocol';
import { generateActorKey, type RegistryClient } from '@maker-registry/sdk';
import { runningNetwork, registryClient } from '@maker-registry/testbed';
import { licenseBody } from './support/documents';
import { http } from './support/http';
import { freshName, registeredActor } from './support/world';

const network = runningNetwork();

describe('what the gateway refuses before the ledger sees it', () => {
  const post = (body: string | Buffer, headers?: Record<string, string>) =>
    http(network, '/v1/intents', { body, ...(headers === undefined ? {} : { headers }) });

  it.each([
    ['malformed JSON', '{"payload":', 'JSON_MALFORMED', 400],
    [
      'a duplicate key',
      '{"payload":"","payload":"","payloadType":"","signatures":[]}',
      'JSON_DUPLICATE_KEY',
      400,
    ],
    ['deep nesting', `${'['.repeat(2000)}${']'.repeat(2000)}`, 'JSON_TOO_DEEP', 400],
    ['half a surrogate pair', '{"payload":"\\ud800"}', 'JSON_LONE_SURROGATE', 400],
    ['a number no double holds', '{"payload":1e999}', 'JSON_NUMBER_OUT_OF_RANGE', 400],
    ['an array', '[]', 'ENVELOPE_MALFORMED', 400],
    [
      'an unknown member',
      '{"payload":"","payloadType":"x","signatures":[],"more":1}',
      'ENVELOPE_MALFORMED',
      400,
    ],
  ])('refuses %s', async (_name, body, code, status) => {
    const answer = await post(body);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect([answer.json['code'], answer.status]).toEqual([code, status]);
    expect(answer.json['detail']).toEqual(expect.any(String));
  });

  it('refuses bytes that are not UTF-8', async () => {
    const answer = await post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
    expect(answer.json['code']).toBe('JSON_MALFORMED');
  });

  it('refuses an oversized body without reading it all', async () => {
    const answer = await post(Buffer.alloc(2_000_000, 0x20));
    expect([answer.json['code'], answer.status]).toEqual(['TOO_LARGE', 413]);
  });

  it('answers an unknown path and an unknown document with a problem', async () => {
    expect((await http(network, '/v1/nothing')).json['code']).toBe('NOT_FOUND');
    const missing = await http(network, `/v1/actors/${'ab'.repeat(32)}`);
    expect(missing.status).toBe(404);
    expect(missing.headers['registry-height']).toMatch(/^\d+$/);
  });

  it('refuses an id of the wrong form and a height the mirror has not reached', async () => {
    expect((await http(network, '/v1/actors/xyz')).status).toBeGreaterThanOrEqual(400);
    const ahead = await http(network, '/v1/parameters?minHeight=999999999');
    expect([ahead.status, ahead.json['code']]).toEqual([409, 'MIRROR_BEHIND']);
  });

  it('revokes no certificate for whoever asks: that is an act on the ledger', async () => {
    const revoke = await http(network, '/v1/certificates/revoke', { body: '{}' });
    expect([404, 405]).toContain(revoke.status);
  });

  it('refuses a bearer token of nobody', async () => {
    const answer = await http(network, '/v1/acts', {
      body: '{}',
      headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
    });
    expect([answer.status, answer.json['code']]).toEqual([401, 'UNAUTHENTICATED']);
  });
});

describe('idempotency', () => {
  let client: RegistryClient;
  beforeAll(() => {
    client = registryClient(network);
  });
  afterAll(() => {
    client.close();
  });
  const send = (body: string, key: string) =>
    http(network, '/v1/intents', { body, headers: { 'idempotency-key': key, prefer: 'wait=20' } });

  it('answers a repeated request with the first operation, whatever the key', async () => {
    const actor = await registeredActor(client);
    const body = serializeEnvelope(
      await client.buildIntent('license.define', licenseBody(freshName('once')), actor),
    );
    const key = freshName('key');
    const first = await send(body, key);
    expect([first.status, first.json['status']]).toEqual([200, 'committed']);
    const again = await send(body, key);
    expect(again.json['operation_id']).toBe(first.json['operation_id']);
    const otherKey = await send(body, freshName('key'));
    expect(otherKey.json['operation_id']).toBe(first.json['operation_id']);
  });

  it('refuses another body under a used key', async () => {
    const actor = await registeredActor(client);
    const key = freshName('key');
    const body = async () =>
      serializeEnvelope(await client.buildIntent('license.define', licenseBody(freshName('l')), actor));
    await send(await body(), key);
    const other = await send(await body(), key);
    expect([other.status, other.json['code']]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
  });

  it('commits one of two copies sent at the same moment, and tells both so', async () => {
    const actor = await registeredActor(client);
    const body = serializeEnvelope(
      await client.buildIntent('license.define', licenseBody(freshName('twin')), actor),
    );
    const answers = await Promise.all([send(body, freshName('a')), send(body, freshName('b'))]);
    const ids = answers.map((answer) => answer.json['tx_id']);
    expect(ids[0]).toEqual(expect.any(String));
    expect(ids[1]).toBe(ids[0]);
  });

  it('answers 202 with the place of the operation when nobody waits', async () => {
    const actor = generateActorKey();
    const envelope = await client.buildIntent(
      'actor.register',
      { alg: 'ed25519', public_key: actor.signer.publicKey },
      actor,
    );
    const answer = await http(network, '/v1/intents', { body: serializeEnvelope(envelope) });
    expect(answer.status).toBe(202);
    const { location } = answer.headers;
    const ended = await http(network, `${String(location)}?wait=20`);
    expect(ended.json['status']).toBe('committed');
  });
});

describe('the published interface', () => {
  it('serves OpenAPI 3.1, a readable page, health and metrics', async () => {
    const document = await http(network, '/openapi.json');
    expect(document.json['openapi']).toMatch(/^3\.1/);
    expect((await http(network, '/docs')).text).toContain('<html');
    expect((await http(network, '/healthz')).status).toBe(200);
    expect((await http(network, '/readyz')).status).toBe(200);
    expect((await http(network, '/metrics')).text).toContain('# TYPE');
  });
});
