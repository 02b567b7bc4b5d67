import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { HOST, LOOPBACK, startServer, type TestServer } from '../testing/https-server';
import { codeOf } from '../testing/verifier-code';
import { fetchHttps, type HttpsDocument, type HttpsLimits } from './fetch-https';
import { type HostAddress } from './public-host';

const MAX = 1_000;
const BODY = '{"any":"document"}';

const seen: IncomingMessage[] = [];

/** What the test server does with each path. */
const PATHS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/document': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(BODY);
  },
  '/exact': (response) => response.end('x'.repeat(MAX)),
  '/large': (response) => response.end('x'.repeat(MAX + 1)),
  '/huge-header': (response) => response.writeHead(200, { 'x-much': 'y'.repeat(40_000) }).end(BODY),
  '/liar': (response) => {
    // Chunked, so no length was announced that could be refused.
    response.write('x'.repeat(MAX));
    response.end('one more');
  },
  '/endless': (response) => {
    const pump = (): void => {
      while (response.write('x'.repeat(65_536)));
    };
    response.on('drain', pump);
    pump();
  },
  '/slow': (response) => {
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => {
      clearInterval(timer);
    });
  },
  '/silent': () => undefined,
  '/half': (response) => {
    response.writeHead(200, { 'content-length': '500' });
    response.write('x');
    setTimeout(() => response.socket?.destroy(), 20);
  },
  '/bomb': (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000)));
  },
  '/brotli': (response) => {
    response.writeHead(200, { 'content-encoding': 'br' }).end(BODY);
  },
  '/identity': (response) => {
    response.writeHead(200, { 'content-encoding': 'Identity' }).end(BODY);
  },
  '/missing': (response) => response.writeHead(404).end(BODY),
  '/failing': (response) => response.writeHead(500).end(BODY),
  '/partial': (response) => response.writeHead(206).end(BODY),
  '/empty': (response) => response.writeHead(204).end(),
  '/nowhere': (response) => response.writeHead(302).end(),
};

let server: TestServer;
let plain: Server;

beforeAll(async () => {
  server = await startServer((request, response) => {
    seen.push(request);
    const [path = '', target] = (request.url ?? '').split('?to=');
    if (path === '/redirect' && target !== undefined) {
      response.writeHead(302, { location: decodeURIComponent(target) }).end();
    } else if (PATHS[path] !== undefined) {
      PATHS[path](response);
    } else {
      response.writeHead(404).end();
    }
  });
  plain = createServer((_request, response) => response.end('plain'));
  await new Promise<void>((resolve) => plain.listen(0, LOOPBACK, resolve));
});

afterAll(async () => {
  await server.close();
  plain.closeAllConnections();
  plain.close();
});

const url = (path: string, host: string = LOOPBACK): string => `https://${host}:${server.port}${path}`;

function redirect(target: string): string {
  return url(`/redirect?to=${encodeURIComponent(target)}`);
}

function get(address: string, changes: Partial<HttpsLimits> = {}): Promise<HttpsDocument> {
  return fetchHttps(address, {
    maxBytes: MAX,
    ca: server.ca,
    permittedAddresses: [LOOPBACK],
    timeoutMs: 2_000,
    ...changes,
  });
}

const answers =
  (...addresses: readonly string[]) =>
  (): Promise<HostAddress[]> =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

describe('fetching', () => {
  it('gives bytes and the media type', async () => {
    const { bytes, mediaType } = await get(url('/document'));
    expect(Buffer.from(bytes).toString()).toBe(BODY);
    expect(mediaType).toBe('application/json');
    expect((await get(url('/exact'))).bytes).toHaveLength(MAX);
    expect(await codeOf(get(url('/identity')))).toBe('none');
  });

  it('tells the server nothing but what it must, and asks for no encoding', async () => {
    seen.length = 0;
    await get(url('/document'));
    const { headers } = seen[0]!;
    expect(Object.keys(headers).toSorted()).toEqual(['accept', 'accept-encoding', 'connection', 'host']);
    expect(headers['accept-encoding']).toBe('identity');
  });

  it('connects to the very address that was judged, under the name that was asked for', async () => {
    seen.length = 0;
    let lookups = 0;
    const resolve = async (host: string): Promise<HostAddress[]> => {
      lookups += 1;
      expect(host).toBe(HOST);
      return await answers(LOOPBACK)();
    };
    expect(await codeOf(get(url('/document', HOST), { resolve }))).toBe('none');
    expect(seen[0]?.headers.host).toBe(`${HOST}:${server.port}`);
    expect(lookups).toBe(1);
  });
});

describe('addresses', () => {
  it.each([
    'https://127.0.0.1/x',
    'https://127.1/x',
    'https://2130706433/x',
    'https://0x7f000001/x',
    'https://0177.0.0.1/x',
    'https://127.0.0.1./x',
    'https://localhost/x',
    'https://10.0.0.1/x',
    'https://192.168.0.1/x',
    'https://172.16.0.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/x',
    'https://0.0.0.0/x',
    'https://[::]/x',
    'https://[::1]/x',
    'https://[fd00::1]/x',
    'https://[fe80::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://[::ffff:7f00:1]/x',
    'https://[64:ff9b::7f00:1]/x',
    'https://[64:ff9b::a9fe:a9fe]/x',
    'https://[2002:7f00:1::]/x',
    'https://[2001:0:7f00:1::]/x',
  ])('of one’s own network are refused by default: %s', async (address) => {
    expect(await codeOf(get(address, { permittedAddresses: [] }))).toBe('ADDRESS_REFUSED');
  });

  it.each([
    ['private', ['10.0.0.1']],
    ['loopback', ['127.0.0.1']],
    ['metadata', ['169.254.169.254']],
    ['loopback in IPv6', ['::1']],
    ['mapped', ['::ffff:10.0.0.1']],
    ['NAT64', ['64:ff9b::a00:1']],
    ['public and private', ['8.8.8.8', '10.0.0.1']],
    ['private after many public', [...Array.from({ length: 20 }, (_, n) => `8.8.8.${n + 1}`), '127.0.0.1']],
    ['more than anybody needs', Array.from({ length: 65 }, (_, n) => `8.8.8.${n + 1}`)],
    ['none', []],
    ['no address at all', ['localhost']],
  ])('that a name resolves to are judged: %s', async (_what, addresses) => {
    const resolve = answers(...addresses);
    expect(await codeOf(get(url('/document', HOST), { resolve, permittedAddresses: [] }))).toBe(
      'ADDRESS_REFUSED',
    );
  });

  it('that change between two look-ups do not matter, for there is one', async () => {
    const before = server.connections();
    let lookups = 0;
    const rebinding = async (): Promise<HostAddress[]> => {
      lookups += 1;
      // Permitted when judged, and nothing listens there; the server's own address afterwards.
      return await answers(lookups === 1 ? '127.0.0.2' : LOOPBACK)();
    };
    const outcome = get(url('/document', HOST), { resolve: rebinding, permittedAddresses: ['127.0.0.2'] });
    expect(await codeOf(outcome)).toBe('FETCH_FAILED');
    expect([lookups, server.connections()]).toEqual([1, before]);
  });

  it('are judged again on each hop, with a look-up of its own', async () => {
    const hosts: string[] = [];
    const resolve = async (host: string): Promise<HostAddress[]> => {
      hosts.push(host);
      return await answers(host === `inside.${HOST}` ? '10.0.0.1' : LOOPBACK)();
    };
    const target = url('/document', `inside.${HOST}`);
    const start = url(`/redirect?to=${encodeURIComponent(target)}`, HOST);
    expect(await codeOf(get(start, { resolve }))).toBe('ADDRESS_REFUSED');
    expect(hosts).toEqual([HOST, `inside.${HOST}`]);
  });

  it('in place of a name are judged as they stand, whatever a resolver says', async () => {
    const flattering = answers('8.8.8.8');
    const limits = { resolve: flattering, permittedAddresses: [] };
    expect(await codeOf(get(url('/document'), limits))).toBe('ADDRESS_REFUSED');
    expect(await codeOf(get('https://[::1]/x', limits))).toBe('ADDRESS_REFUSED');
  });

  it('that cannot be found are a failure, and a look-up that hangs is not waited for', async () => {
    const unknown = (): Promise<HostAddress[]> => Promise.reject(new Error('ENOTFOUND'));
    expect(await codeOf(get(url('/document', HOST), { resolve: unknown }))).toBe('FETCH_FAILED');
    const hanging = (): Promise<HostAddress[]> => new Promise(() => undefined);
    expect(await codeOf(get(url('/document', HOST), { resolve: hanging, timeoutMs: 50 }))).toBe(
      'FETCH_TIMEOUT',
    );
  });
});

describe('URLs', () => {
  it.each([
    'http://docs.example/x',
    'HTTP://docs.example/x',
    'ftp://docs.example/x',
    'file:///etc/passwd',
    'data:application/json,{}',
    'javascript:alert(1)',
    'gopher://docs.example/x',
    '//docs.example/x',
    'docs.example/x',
    '',
    'https://',
    'https://user@docs.example/x',
    'https://user:secret@docs.example/x',
    'https://:secret@docs.example/x',
  ])('of another kind or with credentials are refused: %j', async (address) => {
    expect(await codeOf(get(address))).toBe('URI_REFUSED');
  });
});

describe('redirects', () => {
  it('are followed within bounds', async () => {
    expect(await codeOf(get(redirect('/document')))).toBe('none');
    expect(await codeOf(get(redirect(redirect(redirect(url('/document'))))))).toBe('none');
    expect(await codeOf(get(redirect(redirect(redirect(redirect(url('/document')))))))).toBe(
      'REDIRECT_REFUSED',
    );
    expect(await codeOf(get(redirect('/document'), { maxRedirects: 0 }))).toBe('REDIRECT_REFUSED');
  });

  it.each([
    ['URI_REFUSED', 'http://127.0.0.1/x'],
    ['URI_REFUSED', 'file:///etc/passwd'],
    ['URI_REFUSED', 'https://user:secret@docs.example/x'],
    ['URI_REFUSED', 'https://:0:0/'],
    ['ADDRESS_REFUSED', 'https://10.0.0.1/x'],
    ['ADDRESS_REFUSED', 'https://[::1]/x'],
    ['ADDRESS_REFUSED', '//169.254.169.254/latest/meta-data'],
    ['FETCH_FAILED', '/missing'],
    ['FETCH_TOO_LARGE', '/large'],
    ['ENCODING_REFUSED', '/bomb'],
  ])('end with %s at %s', async (code, target) => {
    expect(await codeOf(get(redirect(target)))).toBe(code);
  });

  it('in a circle, to nowhere or to plain http end', async () => {
    const circle = url('/redirect?to=') + encodeURIComponent('/redirect?to=%2Fdocument');
    expect(await codeOf(get(circle))).toBe('none');
    expect(await codeOf(get(url('/nowhere')))).toBe('FETCH_FAILED');
    const { port } = plain.address() as AddressInfo;
    expect(await codeOf(get(redirect(`http://${LOOPBACK}:${port}/`)))).toBe('URI_REFUSED');
  });
});

describe('answers', () => {
  it.each([
    ['FETCH_TOO_LARGE', '/large'],
    ['FETCH_TOO_LARGE', '/liar'],
    ['FETCH_TOO_LARGE', '/endless'],
    ['ENCODING_REFUSED', '/bomb'],
    ['ENCODING_REFUSED', '/brotli'],
    ['FETCH_FAILED', '/huge-header'],
    ['FETCH_FAILED', '/missing'],
    ['FETCH_FAILED', '/failing'],
    ['FETCH_FAILED', '/partial'],
    ['FETCH_FAILED', '/empty'],
    ['FETCH_FAILED', '/half'],
  ])('are refused with %s: %s', async (code, path) => {
    expect(await codeOf(get(url(path)))).toBe(code);
  });

  it.each(['/slow', '/silent'])('that take too long are not waited for: %s', async (path) => {
    const start = Date.now();
    expect(await codeOf(get(url(path), { timeoutMs: 150 }))).toBe('FETCH_TIMEOUT');
    expect(Date.now() - start).toBeLessThan(1_500);
  });

  it('need a certificate that is trusted and for that name', async () => {
    const systemsAuthorities = { maxBytes: MAX, permittedAddresses: [LOOPBACK] };
    expect(await codeOf(fetchHttps(url('/document'), systemsAuthorities))).toBe('FETCH_FAILED');
    const resolve = answers(LOOPBACK);
    expect(await codeOf(get(url('/document', 'other.example'), { resolve }))).toBe('FETCH_FAILED');
  });

  it('do not leave a connection open', async () => {
    await codeOf(get(url('/endless')));
    await codeOf(get(url('/slow'), { timeoutMs: 50 }));
    await codeOf(get(redirect('/missing')));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.open()).toBe(0);
  });
});
