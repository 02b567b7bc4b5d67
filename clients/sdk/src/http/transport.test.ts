import { startServer, type TestServer } from '../testing/https-server';
import { Transport } from './transport';

let server: TestServer;
let hits = 0;
let dropFirst = 0;

beforeAll(async () => {
  server = await startServer((request, response, body) => {
    hits += 1;
    if (hits <= dropFirst) {
      request.socket.destroy();
      return;
    }
    const path = request.url ?? '';
    if (path.startsWith('/large')) response.end(Buffer.alloc(5_000));
    else if (path.startsWith('/silent')) response.writeHead(200).write('x');
    else if (path.startsWith('/redirect'))
      response.writeHead(302, { location: 'https://example.org/' }).end();
    else response.end(JSON.stringify({ path, body, authorization: request.headers.authorization }));
  });
});
beforeEach(() => {
  hits = 0;
  dropFirst = 0;
});
afterAll(async () => {
  await server.close();
});

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'accepted',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

function transport(options: Partial<ConstructorParameters<typeof Transport>[0]> = {}): Transport {
  return new Transport({ baseUrl: server.url, ca: server.ca, ...options });
}

describe('Transport', () => {
  it('sends path, query, body and bearer token', async () => {
    const client = transport({ token: 'secret' });
    const response = await client.send({
      method: 'POST',
      path: '/v1/x',
      query: { a: 1, b: undefined },
      body: '{}',
    });
    expect(JSON.parse(response.body.toString())).toEqual({
      path: '/v1/x?a=1',
      body: '{}',
      authorization: 'Bearer secret',
    });
    client.close();
  });

  it('refuses a certificate of another CA', async () => {
    const client = new Transport({ baseUrl: server.url });
    expect(await codeOf(client.send({ method: 'GET', path: '/' }))).toBe('GATEWAY_UNTRUSTED');
  });

  it.each(['http://127.0.0.1:1', 'not a url', 'ftp://127.0.0.1'])('refuses the address %s', (baseUrl) => {
    expect(() => transport({ baseUrl })).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }) as Error);
  });

  it('refuses a key that is none', async () => {
    const client = transport({ clientCert: server.ca, clientKey: 'no key' });
    expect(await codeOf(client.send({ method: 'GET', path: '/', timeoutMs: 50 }))).toBe('CONFIGURATION');
  });

  it('drops an answer that is too large', async () => {
    const client = transport();
    expect(await codeOf(client.send({ method: 'GET', path: '/large', maxBytes: 4_999 }))).toBe(
      'RESPONSE_TOO_LARGE',
    );
    expect(await codeOf(client.send({ method: 'GET', path: '/large', maxBytes: 5_000 }))).toBe('accepted');
    client.close();
  });

  it('ends an answer that never ends', async () => {
    const client = transport();
    expect(await codeOf(client.send({ method: 'GET', path: '/silent', timeoutMs: 80 }))).toBe(
      'GATEWAY_TIMEOUT',
    );
    client.close();
  });

  it('follows no redirect', async () => {
    const client = transport();
    expect((await client.send({ method: 'GET', path: '/redirect' })).status).toBe(302);
    client.close();
  });

  it('repeats what may be repeated when the connection breaks, and nothing else', async () => {
    const client = transport();
    dropFirst = 2;
    expect(await codeOf(client.send({ method: 'GET', path: '/', repeatable: true }))).toBe('accepted');
    expect(hits).toBe(3);
    hits = 0;
    dropFirst = 1;
    expect(await codeOf(client.send({ method: 'POST', path: '/', body: '{}' }))).toBe('GATEWAY_UNREACHABLE');
    expect(hits).toBe(1);
    client.close();
  });

  it('gives up on a gateway that is away', async () => {
    const client = transport({ baseUrl: 'https://127.0.0.1:9' });
    expect(await codeOf(client.send({ method: 'GET', path: '/', repeatable: true }))).toBe(
      'GATEWAY_UNREACHABLE',
    );
  });

  it('ends at the caller’s signal', async () => {
    const client = transport();
    const controller = new AbortController();
    const running = client.send({
      method: 'GET',
      path: '/silent',
      signal: controller.signal,
      repeatable: true,
    });
    setTimeout(() => {
      controller.abort();
    }, 20);
    await expect(running).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }) as Error);
    client.close();
  });
});
