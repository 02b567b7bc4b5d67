import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { Agent, request as send } from 'node:https';
import { type AddressInfo } from 'node:net';
import { RegistryError } from '@maker-registry/protocol';
import { pino } from 'pino';
import { createApp } from './app';
import { authorityOf } from './auth/certificate-authorities';
import { TokenAuthenticator } from './auth/bearer-token';
import { CertificateAuthenticator } from './auth/client-certificate';
import { type GatewayContext } from './context';
import { type Route, type ValidRequest } from './http/route';
import { Metrics } from './metrics';
import { type IssuedCertificate, type TestAuthority, testAuthority } from './testing/certificates';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Asking {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly certificate?: IssuedCertificate;
}

const DOCUMENT = {
  type: 'object',
  additionalProperties: false,
  required: ['n'],
  properties: { n: { type: 'integer' } },
};
const base = { tag: 'Test', summary: 'x', limit: 'none', responses: {} } as const;
let seen: ValidRequest | undefined;
const revoked = new Set<string>();

const routes: Route[] = [
  {
    ...base,
    method: 'get',
    path: '/things/{id}',
    operationId: 'a',
    access: 'reader',
    parameters: [
      { name: 'id', in: 'path', description: 'x', schema: { type: 'string', pattern: '^[a-z]+$' } },
      { name: 'limit', in: 'query', description: 'x', schema: { type: 'integer', minimum: 1 } },
      { name: 'X-Small', in: 'header', description: 'x', schema: { type: 'string', maxLength: 3 } },
    ],
    handle: (request, response) => {
      seen = request;
      response.json({
        id: request.path['id'],
        limit: request.query['limit'] ?? null,
        caller: request.caller.id,
      });
    },
  },
  {
    ...base,
    method: 'post',
    path: '/things',
    operationId: 'b',
    access: 'anyone',
    body: { description: 'x', maxBytes: 64, schema: DOCUMENT },
    handle: (request, response) => {
      response.json(request.body);
    },
  },
  {
    ...base,
    method: 'get',
    path: '/audit',
    operationId: 'c',
    access: ['auditor'],
    handle: ({ caller }, response) => {
      response.json({ roles: caller.roles, msp: caller.mspId });
    },
  },
  {
    ...base,
    method: 'get',
    path: '/limited',
    operationId: 'd',
    access: 'anyone',
    limit: 'writes',
    handle: (_request, response) => {
      response.json({});
    },
  },
  {
    ...base,
    method: 'get',
    path: '/broken',
    operationId: 'e',
    access: 'anyone',
    handle: () => {
      throw new Error('secret');
    },
  },
];

describe('the application', () => {
  let authority: TestAuthority;
  let other: TestAuthority;
  let server: Server;
  let metrics: Metrics;

  beforeAll(async () => {
    authority = await testAuthority();
    const own = await authority.issue({ name: 'CN=localhost' });
    other = await testAuthority('CN=other');
    const authorities = [
      authorityOf('Op1MSP', authority.pem, 'tls'),
      authorityOf('Op2MSP', other.pem, 'tls'),
    ];
    metrics = new Metrics();
    const context = {
      config: {
        organization: { msp_id: 'Op1MSP' },
        network: {
          entry: {
            organizations: [
              { msp_id: 'Op1MSP', role: 'operator' },
              { msp_id: 'Op2MSP', role: 'operator' },
              { msp_id: 'RegulatorMSP', role: 'regulator' },
            ],
          },
        },
        publicReads: true,
        rateLimits: { readsPerMinute: 0, writesPerMinute: 2 },
      },
      logger: pino({ level: 'silent' }),
      metrics,
      certificates: new CertificateAuthenticator(authorities, (certificate) =>
        revoked.has(certificate.serialNumber)
          ? Promise.reject(new RegistryError('CERTIFICATE_REVOKED', 'Revoked.'))
          : Promise.resolve(),
      ),
      tokens: new TokenAuthenticator(undefined),
    } as unknown as GatewayContext;
    const options = {
      cert: own.pem,
      key: own.keyPem,
      ca: [authority.pem, other.pem],
      requestCert: true,
      rejectUnauthorized: false,
    };
    server = createServer(options, createApp(context, routes));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  function ask(path: string, { method = 'GET', body, headers, certificate }: Asking = {}): Promise<Answer> {
    const { port } = server.address() as AddressInfo;
    const agent = new Agent({
      rejectUnauthorized: false,
      ...(certificate === undefined ? {} : { cert: certificate.pem, key: certificate.keyPem }),
    });
    return new Promise((resolve, reject) => {
      const request = send(
        { host: '127.0.0.1', port, path, method, headers: headers ?? {}, agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const parsed = (text === '' ? {} : JSON.parse(text)) as Answer['body'];
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
    ask('/things', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  it('gives handlers what the description says', async () => {
    const answer = await ask('/things/abc?limit=5');
    expect(answer).toMatchObject({ status: 200, body: { id: 'abc', limit: 5, caller: 'anonymous' } });
    expect(seen?.query).toEqual({ limit: 5 });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  it.each([
    ['a path that does not fit', '/things/ABC', '/path/id'],
    ['a query that does not fit', '/things/abc?limit=0', '/query/limit'],
    ['a number in words', '/things/abc?limit=many', '/query/limit'],
    ['a parameter twice', '/things/abc?limit=1&limit=2', '/query/limit'],
    ['an unknown parameter', '/things/abc?limt=1', '/query/limt'],
  ])('refuses %s and says where', async (_name, path, subject) => {
    expect(await ask(path)).toMatchObject({ status: 422, body: { code: 'SCHEMA_VIOLATION', subject } });
  });

  it('refuses a header that does not fit', async () => {
    const answer = await ask('/things/abc', { headers: { 'x-small': 'large' } });
    expect(answer.body).toMatchObject({ code: 'SCHEMA_VIOLATION', subject: '/headers/x-small' });
  });

  it('takes a body that fits', async () => {
    expect(await post('{"n":1}')).toMatchObject({ status: 200, body: { n: 1 } });
  });

  it.each([
    ['no JSON', '{', 400, 'JSON_MALFORMED'],
    ['nothing', '', 400, 'JSON_MALFORMED'],
    ['a member twice', '{"n":1,"n":2}', 400, 'JSON_DUPLICATE_KEY'],
    ['a member too many', '{"n":1,"m":2}', 422, 'SCHEMA_VIOLATION'],
    ['a member missing', '{}', 422, 'SCHEMA_VIOLATION'],
    ['too much', `{"n":${' '.repeat(100)}1}`, 413, 'TOO_LARGE'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'JSON_MALFORMED'],
  ])('refuses a body of %s', async (_name, body, status, code) => {
    expect(await post(body)).toMatchObject({ status, body: { code } });
  });

  it('refuses a large body of unknown length, other media types and content encodings', async () => {
    const chunked = { 'transfer-encoding': 'chunked' };
    expect(await post(`{"n":${' '.repeat(100)}1}`, chunked)).toMatchObject({ status: 413 });
    expect(await post('{"n":1}', { 'content-type': 'text/plain' })).toMatchObject({ status: 400 });
    expect(await post('{"n":1}', { 'content-encoding': 'gzip' })).toMatchObject({ status: 400 });
  });

  it('answers problems for unknown addresses, wrong methods and its own faults', async () => {
    expect(await ask('/nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    const wrong = await ask('/things', { method: 'DELETE' });
    expect(wrong).toMatchObject({
      status: 405,
      body: { code: 'METHOD_NOT_ALLOWED' },
      headers: { allow: 'POST' },
    });
    const broken = await ask('/broken');
    expect(broken).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(broken.headers['content-type']).toContain('application/problem+json');
    expect(JSON.stringify(broken)).not.toContain('secret');
    expect(await ask('/things/%E0%A4%A')).toMatchObject({ status: 400 });
  });

  it('limits requests and says when to come back', async () => {
    await ask('/limited');
    await ask('/limited');
    const answer = await ask('/limited');
    expect(answer).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  describe('callers', () => {
    it('are known by certificate, with role and organization', async () => {
      const certificate = await authority.issue({ attributes: '{"attrs":{"registry.role":"auditor"}}' });
      expect(await ask('/audit', { certificate })).toMatchObject({
        status: 200,
        body: { roles: ['auditor'], msp: 'Op1MSP' },
      });
    });

    it('are refused without identity or role', async () => {
      expect(await ask('/audit')).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
      const certificate = await authority.issue({ attributes: '{"attrs":{"registry.role":"platform"}}' });
      expect(await ask('/audit', { certificate })).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
    });

    it('are refused with a certificate of a stranger or past its time, even where anyone may come', async () => {
      const stranger = await (
        await testAuthority()
      ).issue({ attributes: '{"attrs":{"registry.role":"auditor"}}' });
      const past = await authority.issue({ notBefore: new Date(0), notAfter: new Date(1) });
      for (const certificate of [stranger, past]) {
        expect(await ask('/audit', { certificate })).toMatchObject({ status: 401 });
        expect(await ask('/things/abc', { certificate })).toMatchObject({ status: 401 });
      }
    });

    it('are refused with the role of another operator', async () => {
      const certificate = await other.issue({ attributes: '{"attrs":{"registry.role":"auditor"}}' });
      expect(await ask('/audit', { certificate })).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
      expect(await ask('/things/abc', { certificate })).toMatchObject({ status: 200 });
    });

    it('are refused once their certificate is revoked', async () => {
      const certificate = await authority.issue({ attributes: '{"attrs":{"registry.role":"auditor"}}' });
      expect(await ask('/audit', { certificate })).toMatchObject({ status: 200 });
      revoked.add(new X509Certificate(certificate.pem).serialNumber);
      expect(await ask('/audit', { certificate })).toMatchObject({
        status: 401,
        body: { code: 'CERTIFICATE_REVOKED' },
      });
    });

    it.each(['Bearer x', 'Basic eDp5', 'Bearer'])(
      'are refused with "%s" where no issuer is configured',
      async (authorization) => {
        const answer = await ask('/things/abc', { headers: { authorization } });
        expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
      },
    );
  });

  it('counts by route, not by address', async () => {
    const text = await metrics.registry.metrics();
    expect(text).toContain('route="/things/{id}"');
    expect(text).not.toContain('/things/abc');
  });
});
