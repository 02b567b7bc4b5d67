import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { RegistryError } from '@maker-registry/protocol';
import { pino } from 'pino';
import { createApp } from '../app';
import { type GatewayContext } from '../context';
import { HsmError } from '../hsm';
import { ANONYMOUS, type Caller } from '../http/caller';
import { Metrics } from '../metrics';
import { unixNow } from './clock';
import { trustRoutes } from './trust-routes';
import { type TrustServices } from './trust-services';

const DER = Buffer.from('3003020101', 'hex');
const ENVELOPE = {
  payload: 'e30=',
  payloadType: 'x',
  signatures: [{ keyid: 'ab'.repeat(32), sig: `${'A'.repeat(86)}==` }],
};
const CA_ADMIN: Caller = { id: 'ca-admin@op1', kind: 'certificate', mspId: 'Op1MSP', roles: ['ca-admin'] };
const AUDITOR: Caller = { ...CA_ADMIN, id: 'auditor@op1', roles: ['auditor'] };

/** What the services were asked, in the order of the questions. */
let asked: unknown[][] = [];
const list = { list: { height: 7, number: 3 }, text: '{"payload":""}', etag: '"abc"' };

/** The services' own interface, without the services: what is tested here is how requests reach it. */
const services = {
  jwks: { keys: [] },
  lists: {
    latest: () => Promise.resolve(list),
    waitFor: (...args: unknown[]) => {
      asked.push(['waitFor', ...args.slice(0, 2)]);
      return Promise.resolve(list);
    },
  },
  certificates: {
    current: (name: string) => {
      asked.push(['current', name]);
      return Promise.resolve({ der: DER, number: 9, nextUpdate: unixNow() + 3_600 });
    },
    revoke: (...args: unknown[]) => {
      asked.push(['revoke', ...args]);
      return Promise.resolve({ crls: [] });
    },
  },
  challenges: { issue: () => Promise.reject(new HsmError('HSM_TIMEOUT', 'the pin is 1234')) },
  keyRelease: { release: () => Promise.reject(new RegistryError('QUOTE_NONCE', 'No.')) },
} as unknown as TrustServices;

describe('routes of the trust services', () => {
  let server: Server;
  let caller: Caller = ANONYMOUS;
  let source: TrustServices | undefined = services;

  beforeAll(async () => {
    const context = {
      config: {
        publicReads: true,
        organization: { msp_id: 'Op1MSP' },
        network: { entry: { organizations: [] } },
        rateLimits: { readsPerMinute: 0, writesPerMinute: 0 },
      },
      logger: pino({ level: 'silent' }),
      metrics: new Metrics(),
      certificates: { authenticate: () => caller },
      tokens: { authenticate: () => Promise.resolve(undefined) },
    } as unknown as GatewayContext;
    server = createServer(
      createApp(
        context,
        trustRoutes(() => source),
      ),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    asked = [];
    caller = ANONYMOUS;
    source = services;
  });

  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init);
  const post = (path: string, body: unknown): Promise<Response> =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const problem = async (response: Response): Promise<unknown> => [
    response.status,
    ((await response.json()) as { code: string }).code,
  ];

  it('serve a CRL with its type and ETag, and 304 to who has it', async () => {
    const response = await ask('/v1/crl?authority=tlsca');
    expect(response.headers.get('content-type')).toBe('application/pkix-crl');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(DER);
    expect(response.headers.get('cache-control')).toMatch(/^max-age=\d\d?, must-revalidate$/);
    expect(asked).toEqual([['current', 'tlsca']]);
    const etag = response.headers.get('etag')!;
    expect(
      (await ask('/v1/crl?authority=tlsca', { headers: { 'if-none-match': `"x", W/${etag}` } })).status,
    ).toBe(304);
    // The same number of another CA is another CRL.
    expect((await ask('/v1/crl', { headers: { 'if-none-match': etag } })).status).toBe(200);
  });

  it('serve the list at once, or when it changes', async () => {
    const response = await ask('/v1/revocation-list?after=3');
    expect(await response.text()).toBe(list.text);
    expect(response.headers.get('registry-height')).toBe('7');
    expect(asked).toEqual([]);
    await ask('/v1/revocation-list?after=3&wait=20');
    await ask('/v1/revocation-list?wait=20');
    expect(asked).toEqual([
      ['waitFor', 3, 20],
      ['waitFor', -1, 20],
    ]);
    expect((await ask('/v1/revocation-list', { headers: { 'if-none-match': list.etag } })).status).toBe(304);
  });

  it.each([
    ['/v1/revocation-list?wait=3600'],
    ['/v1/revocation-list?after=-1'],
    ['/v1/revocation-list?number=1'],
    ['/v1/crl?authority=root'],
  ])('refuse %s', async (path) => {
    expect(await problem(await ask(path))).toEqual([422, 'SCHEMA_VIOLATION']);
  });

  const entry = { serial: 'ab', aki: '00'.repeat(20) };

  it('let CA admins alone revoke certificates', async () => {
    const body = { certificates: [entry], note: 'lost' };
    expect(await problem(await post('/v1/certificates/revoke', body))).toEqual([401, 'UNAUTHENTICATED']);
    caller = AUDITOR;
    expect(await problem(await post('/v1/certificates/revoke', body))).toEqual([403, 'FORBIDDEN']);
    caller = { ...CA_ADMIN, mspId: 'Op2MSP' };
    expect(await problem(await post('/v1/certificates/revoke', body))).toEqual([403, 'FORBIDDEN']);
    caller = CA_ADMIN;
    expect((await post('/v1/certificates/revoke', body)).status).toBe(200);
    expect(asked).toEqual([['revoke', [entry], CA_ADMIN.id, 'lost']]);
  });

  it.each([
    ['/v1/certificates/revoke', { certificates: [] }],
    ['/v1/certificates/revoke', { certificates: [{ ...entry, serial: 'xyz' }] }],
    ['/v1/certificates/revoke', { certificates: [{ ...entry, reason: 'unspecified' }] }],
    ['/v1/challenges', { purpose: 'other' }],
    ['/v1/devices/enroll', { ak_public: '00' }],
    ['/v1/devices/enroll', { ek_public: '0', ak_public: '00' }],
    ['/v1/devices/enroll', { ek_public: '00', ak_public: '00'.repeat(3_000) }],
    ['/v1/devices/activate', { enrollment_id: 'x', secret: '00'.repeat(32) }],
    ['/v1/keys/release', { token: 'x' }],
    ['/v1/keys/release', { token: 'x', request: { ...ENVELOPE, extra: 1 } }],
    [
      '/v1/keys/release',
      {
        token: 'x',
        request: ENVELOPE,
        quote: { attest: '00', signature: '00', pcrs: { sha256: { '24': '00'.repeat(32) } } },
      },
    ],
    [
      '/v1/keys/release',
      { token: 'x', request: ENVELOPE, quote: { attest: '00', signature: '00', pcrs: { sha1: {} } } },
    ],
  ])('refuse bodies that do not fit: %s %#', async (path, body) => {
    caller = CA_ADMIN;
    expect(await problem(await post(path, body))).toEqual([422, 'SCHEMA_VIOLATION']);
    expect(asked).toEqual([]);
  });

  it('say the code of a refusal, and nothing of what happened inside', async () => {
    expect(await problem(await post('/v1/keys/release', { token: 'x', request: ENVELOPE }))).toEqual([
      401,
      'QUOTE_NONCE',
    ]);
    const failed = await post('/v1/challenges', { purpose: 'key-release' });
    const text = await failed.text();
    expect(failed.status).toBe(503);
    expect(text).toContain('HSM_UNAVAILABLE');
    expect(text).not.toContain('1234');
  });

  it('are off without an HSM', async () => {
    source = undefined;
    expect(await problem(await ask('/v1/jwks.json'))).toEqual([503, 'HSM_UNAVAILABLE']);
  });
});
