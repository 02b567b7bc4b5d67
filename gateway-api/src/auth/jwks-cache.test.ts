import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type OidcConfig } from '../config/oidc-config';
import { JwksCache } from './jwks-cache';

const { publicKey } = generateKeyPairSync('ed25519');
const jwk = (kid: string): object => ({ ...publicKey.export({ format: 'jwk' }), kid });

describe('JwksCache', () => {
  let server: Server;
  let base: string;
  let answers: Record<string, unknown>;
  let asked: string[];
  let now: number;

  beforeEach(async () => {
    asked = [];
    answers = {};
    server = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      const answer = answers[path];
      if (answer === undefined) response.writeHead(500).end();
      else if (typeof answer === 'string') response.writeHead(302, { location: answer }).end();
      else response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    now = 1_800_000_000_000;
    jest.spyOn(Date, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    server.close();
    jest.restoreAllMocks();
  });

  function cache(change: Partial<OidcConfig> = {}): JwksCache {
    return new JwksCache({
      issuer: base,
      audience: 'registry',
      rolesClaim: 'roles',
      allowPrivateAddresses: true,
      jwks: { kind: 'url', url: new URL('/keys', base) },
      ...change,
    });
  }

  const kids = async (jwks: JwksCache, kid?: string): Promise<(string | undefined)[]> =>
    (await jwks.keys(kid)).map((key) => key.kid);

  it('reads once, and again when a key is unknown, but not for every unknown one', async () => {
    answers['/keys'] = { keys: [jwk('a')] };
    const jwks = cache();
    await expect(kids(jwks, 'a')).resolves.toEqual(['a']);
    await kids(jwks, 'a');
    await kids(jwks, 'b');
    expect(asked).toHaveLength(1);
    now += 31_000;
    answers['/keys'] = { keys: [jwk('b')] };
    await expect(kids(jwks, 'b')).resolves.toEqual(['b']);
    await kids(jwks, 'c');
    expect(asked).toHaveLength(2);
  });

  it('reads again after its time, and keeps what it has while the issuer is away', async () => {
    answers['/keys'] = { keys: [jwk('a')] };
    const jwks = cache();
    await kids(jwks, 'a');
    delete answers['/keys'];
    now += 601_000;
    await expect(kids(jwks, 'a')).resolves.toEqual(['a']);
    await expect(kids(jwks, 'a')).resolves.toEqual(['a']);
    expect(asked).toHaveLength(2);
  });

  it('asks once for many callers', async () => {
    answers['/keys'] = { keys: [jwk('a')] };
    const jwks = cache();
    await Promise.all([kids(jwks, 'a'), kids(jwks, 'a'), kids(jwks, 'b')]);
    expect(asked).toHaveLength(1);
  });

  const discovery = (): Partial<OidcConfig> => ({
    jwks: { kind: 'discovery', url: new URL('/.well-known/openid-configuration', base) },
  });

  it('finds the keys by discovery', async () => {
    answers['/.well-known/openid-configuration'] = { issuer: base, jwks_uri: `${base}/keys` };
    answers['/keys'] = { keys: [jwk('a')] };
    await expect(kids(cache(discovery()), 'a')).resolves.toEqual(['a']);
  });

  it.each<[string, () => unknown]>([
    ['of another issuer', () => ({ issuer: 'https://evil.example', jwks_uri: `${base}/keys` })],
    ['without keys', () => ({ issuer: base })],
    ['with an address that is none', () => ({ issuer: base, jwks_uri: 'keys' })],
    ['that is a list', () => []],
    ['that is elsewhere', () => `${base}/keys`],
  ])('refuses a discovery document %s', async (_name, document) => {
    answers['/keys'] = { keys: [jwk('a')] };
    answers['/.well-known/openid-configuration'] = document();
    await expect(kids(cache(discovery()), 'a')).rejects.toThrow();
  });

  it('refuses an endless document', async () => {
    answers['/keys'] = { keys: [jwk('a')], padding: 'x'.repeat(300_000) };
    await expect(kids(cache(), 'a')).rejects.toThrow('too large');
  });

  it('is not sent to the operator’s own network', async () => {
    answers['/keys'] = { keys: [jwk('a')] };
    await expect(kids(cache({ allowPrivateAddresses: false }), 'a')).rejects.toThrow('not https');
    expect(asked).toEqual([]);
  });
});
