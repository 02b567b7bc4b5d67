import { type IncomingMessage } from 'node:http';
import { createECDH } from 'node:crypto';
import { type Envelope } from '@maker-registry/protocol';
import { answer, startServer, type TestServer } from '../testing/https-server';
import { RegistryClient } from './registry-client';

const COOKIE = `kbs-session-id=${'A'.repeat(43)}`;
const CHALLENGE = {
  nonce: Buffer.alloc(32, 5).toString('base64'),
  'extra-params': { challenge_id: 'c1', operator: 'Op1MSP', expires_at: 1 },
};
const JWE = { protected: 'aa', encrypted_key: 'bb', iv: 'cc', ciphertext: 'dd', tag: 'ee' };
const RESOURCE = { rightId: 'r', artifactId: 'a', keyVersion: 3 };

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly cookie: string | undefined;
  readonly body: string;
}

let server: TestServer;
let client: RegistryClient;
let asked: Asked[] = [];
/** Path → status, body, cookies. */
let answers: Record<string, [number, unknown, string[]?]>;

beforeAll(async () => {
  server = await startServer((request: IncomingMessage, response, body) => {
    asked.push({ method: request.method, url: request.url, cookie: request.headers.cookie, body });
    const [status, document, cookies] = answers[request.url ?? ''] ?? [404, {}];
    if (cookies !== undefined) response.setHeader('set-cookie', cookies);
    answer(response, status, document);
  });
  client = new RegistryClient({ baseUrl: server.url, ca: server.ca, network: 'ab'.repeat(32) });
});
beforeEach(() => {
  asked = [];
  answers = {
    '/kbs/v0/auth': [200, CHALLENGE, ['other=1; Path=/', `${COOKIE}; Path=/kbs/v0; Secure`]],
    '/kbs/v0/attest': [200, { token: 'a.b.c' }],
    '/kbs/v0/resource/r/a/3': [200, JWE],
  };
});
afterAll(async () => {
  client.close();
  await server.close();
});

function attestation(): Parameters<RegistryClient['keyBroker']['attest']>[1] {
  return {
    token: 't',
    request: {} as Envelope,
    releaseKeyPoint: createECDH('prime256v1').generateKeys(),
    quote: { attest: '00', signature: '01', pcrs: { sha256: {} } },
    certification: { attest: '02', signature: '03' },
  };
}

describe('the key broker’s client', () => {
  it('speaks the exchange, with its session’s cookie and no other', async () => {
    const session = await client.keyBroker.auth();
    expect(session).toEqual({
      nonce: new Uint8Array(32).fill(5),
      challengeId: 'c1',
      operator: 'Op1MSP',
      cookie: COOKIE,
    });
    expect(await client.keyBroker.attest(session, attestation())).toBe('a.b.c');
    expect(await client.keyBroker.resource(session, RESOURCE)).toBe('aa.bb.cc.dd.ee');
    expect(asked.map(({ method, url, cookie }) => [method, url, cookie])).toEqual([
      ['POST', '/kbs/v0/auth', undefined],
      ['POST', '/kbs/v0/attest', COOKIE],
      ['GET', '/kbs/v0/resource/r/a/3', COOKIE],
    ]);
    expect(JSON.parse(asked[0]!.body)).toEqual({ version: '0.4.0', tee: 'tpm', 'extra-params': '' });
    const sent = JSON.parse(asked[1]!.body) as Record<string, Record<string, unknown>>;
    expect(sent['runtime-data']).toMatchObject({
      nonce: CHALLENGE.nonce,
      'tee-pubkey': { kty: 'EC', crv: 'P-256', alg: 'ECDH-ES+A256KW' },
      registry: { token: 't' },
    });
  });

  it.each<[string, unknown, string[] | undefined]>([
    ['no cookie', CHALLENGE, undefined],
    ['a cookie that would smuggle a header', CHALLENGE, ['kbs-session-id=a b; Path=/']],
    ['no nonce', { ...CHALLENGE, nonce: 7 }, [COOKIE]],
    ['a nonce that is not base64', { ...CHALLENGE, nonce: '*' }, [COOKIE]],
    ['no challenge id', { ...CHALLENGE, 'extra-params': { operator: 'Op1MSP' } }, [COOKIE]],
    ['no operator', { ...CHALLENGE, 'extra-params': { challenge_id: 'c' } }, [COOKIE]],
    ['no parameters', { nonce: CHALLENGE.nonce }, [COOKIE]],
  ])('takes no challenge with %s', async (_name, document, cookies) => {
    answers['/kbs/v0/auth'] = cookies === undefined ? [200, document] : [200, document, cookies];
    await expect(client.keyBroker.auth()).rejects.toMatchObject({ code: 'RESPONSE_MALFORMED' });
  });

  it('takes no answer of another form, and passes a refusal on', async () => {
    const session = await client.keyBroker.auth();
    answers['/kbs/v0/attest'] = [200, {}];
    await expect(client.keyBroker.attest(session, attestation())).rejects.toMatchObject({
      code: 'RESPONSE_MALFORMED',
    });
    answers['/kbs/v0/resource/r/a/3'] = [200, { ...JWE, tag: 1 }];
    await expect(client.keyBroker.resource(session, RESOURCE)).rejects.toMatchObject({
      code: 'JWE_MALFORMED',
    });
    answers['/kbs/v0/resource/r/a/3'] = [401, { code: 'SESSION_UNKNOWN', detail: 'No.' }];
    await expect(client.keyBroker.resource(session, RESOURCE)).rejects.toMatchObject({
      code: 'SESSION_UNKNOWN',
    });
    // A session hands over once: a request whose answer was lost is not sent again.
    expect(asked.filter(({ method }) => method === 'GET')).toHaveLength(2);
  });
});
