import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { RegistryError } from '@maker-registry/protocol';
import { pino } from 'pino';
import { createApp } from '../app';
import { type GatewayContext } from '../context';
import { HsmError } from '../hsm';
import { ANONYMOUS } from '../http/caller';
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
  crls: {
    current: (...args: unknown[]) => {
      asked.push(['current', ...args]);
      return Promise.resolve({ der: DER, number: 9n, nextUpdate: unixNow() + 3_600, namesDeltas: true });
    },
    issued: (...args: unknown[]) => {
      asked.push(['issued', ...args]);
      return Promise.resolve([]);
    },
    issuedBytes: (sha256: string) => {
      asked.push(['bytes', sha256]);
      return Promise.resolve(DER);
    },
  },
  challenges: { issue: () => Promise.reject(new HsmError('HSM_TIMEOUT', 'the pin is 1234')) },
  keyRelease: { release: () => Promise.reject(new RegistryError('QUOTE_NONCE', 'No.')) },
} as unknown as TrustServices;

describe('routes of the trust services', () => {
  let server: Server;
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
      certificates: { authenticate: () => ANONYMOUS },
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
    expect(asked).toEqual([['current', 'tlsca', { name: 'full' }, 'base']]);
    const etag = response.headers.get('etag')!;
    expect(
      (await ask('/v1/crl?authority=tlsca', { headers: { 'if-none-match': `"x", W/${etag}` } })).status,
    ).toBe(304);
    // The same number of another CA, shard or kind is another CRL.
    for (const other of ['/v1/crl', '/v1/crl?authority=tlsca&delta=true']) {
      expect((await ask(other, { headers: { 'if-none-match': etag } })).status).toBe(200);
    }
  });

  it('let caches keep a full CRL to its nextUpdate where it names its deltas, and a delta for seconds', async () => {
    const full = (await ask('/v1/crl')).headers.get('cache-control') ?? '';
    expect(Number(/^max-age=(\d+), must-revalidate$/.exec(full)?.[1])).toBeGreaterThan(3_500);
    const delta = (await ask('/v1/crl?delta=true')).headers.get('cache-control');
    expect(delta).toBe('max-age=5, must-revalidate');
  });

  it('serve the CRL of a shard by its number and how many there are', async () => {
    await ask('/v1/crl?shard=3&shards=8&delta=true');
    expect(asked).toEqual([['current', 'ca', { name: 'shard-3-of-8', shard: 3, of: 8 }, 'delta']]);
  });

  it('list what was issued, and serve it by its digest', async () => {
    expect(await (await ask('/v1/crls?kind=delta&before=99')).json()).toEqual({ items: [] });
    const filter = { scope: undefined, kind: 'delta', before: '99', limit: undefined };
    expect(asked).toEqual([['issued', 'ca', filter]]);
    const file = await ask(`/v1/crls/${'ab'.repeat(32)}`);
    expect(file.headers.get('content-type')).toBe('application/pkix-crl');
    expect(file.headers.get('cache-control')).toContain('immutable');
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
    ['/v1/crl?shard=1'],
    ['/v1/crl?shards=8'],
    ['/v1/crl?shard=-1&shards=8'],
    ['/v1/crl?shard=1&shards=0'],
    ['/v1/crl?delta=maybe'],
    ['/v1/crls?kind=full'],
    ['/v1/crls?before=-1'],
    ['/v1/crls/xyz'],
  ])('refuse %s', async (path) => {
    expect(await problem(await ask(path))).toEqual([422, 'SCHEMA_VIOLATION']);
  });

  it.each([
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
