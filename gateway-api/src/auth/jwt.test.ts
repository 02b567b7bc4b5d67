import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { callerOfClaims } from './bearer-token';
import { readJwks, type VerificationJwk } from './jwk';
import { type JwtClaims, parseJwt, verifyJwt } from './jwt';

const NOW = 1_800_000_000;
const EXPECTED = { issuer: 'https://id.example', audience: 'registry', now: NOW };
const CLAIMS = { iss: EXPECTED.issuer, aud: 'registry', sub: 'alice', exp: NOW + 60, nbf: NOW - 60 };

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ed = generateKeyPairSync('ed25519');

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwks(): readonly VerificationJwk[] {
  const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid });
  return readJwks(
    JSON.stringify({ keys: [jwk(ec.publicKey, 'ec'), jwk(rsa.publicKey, 'rsa'), jwk(ed.publicKey, 'ed')] }),
  );
}

function token(claims: object, header: Record<string, unknown> = { alg: 'ES256', kid: 'ec' }): string {
  const input = `${encode(header)}.${encode(claims)}`;
  const bytes = Buffer.from(input);
  const signatures: Record<string, () => Buffer> = {
    ES256: () => sign('sha256', bytes, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
    RS256: () => sign('sha256', bytes, rsa.privateKey),
    EdDSA: () => sign(null, bytes, ed.privateKey),
    HS256: () =>
      createHmac('sha256', ec.publicKey.export({ format: 'pem', type: 'spki' }))
        .update(bytes)
        .digest(),
  };
  const signature = signatures[String(header['alg'])]?.() ?? Buffer.from([0]);
  return `${input}.${signature.toString('base64url')}`;
}

const check = (text: string): JwtClaims => verifyJwt(parseJwt(text), jwks(), EXPECTED);

describe('bearer tokens', () => {
  it.each([
    ['ES256', 'ec'],
    ['RS256', 'rsa'],
    ['EdDSA', 'ed'],
  ])('accepts %s', (alg, kid) => {
    expect(check(token(CLAIMS, { alg, kid }))).toMatchObject({ sub: 'alice' });
  });

  it('accepts a token without key id when one of the keys verifies, and an audience among several', () => {
    expect(check(token({ ...CLAIMS, aud: ['other', 'registry'] }, { alg: 'EdDSA' }))).toMatchObject({
      sub: 'alice',
    });
  });

  it.each([
    ['expired', { ...CLAIMS, exp: NOW - 6 }],
    ['without expiry', { ...CLAIMS, exp: undefined }],
    ['with an expiry in words', { ...CLAIMS, exp: 'tomorrow' }],
    ['of the future', { ...CLAIMS, nbf: NOW + 60 }],
    ['with a start in words', { ...CLAIMS, nbf: 'now' }],
    ['of another issuer', { ...CLAIMS, iss: 'https://evil.example' }],
    ['of an issuer with a slash more', { ...CLAIMS, iss: `${EXPECTED.issuer}/` }],
    ['for another audience', { ...CLAIMS, aud: 'shop' }],
    ['for no audience', { ...CLAIMS, aud: undefined }],
    ['without subject', { ...CLAIMS, sub: '' }],
  ])('refuses a token %s', (_name, claims) => {
    expect(() => check(token(claims))).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error);
  });

  it.each([
    ['alg none', { alg: 'none', kid: 'ec' }],
    ['HS256 over the public key', { alg: 'HS256', kid: 'ec' }],
    ['the algorithm of another key', { alg: 'RS256', kid: 'ec' }],
    ['an unknown key id', { alg: 'ES256', kid: 'nobody' }],
    ['critical extensions', { alg: 'ES256', kid: 'ec', crit: ['b64'] }],
    ['no algorithm', { kid: 'ec' }],
  ])('refuses %s', (_name, header) => {
    expect(() => check(token(CLAIMS, header))).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error,
    );
  });

  it('refuses changed claims and changed signatures', () => {
    const [header, , signature] = token(CLAIMS).split('.');
    expect(() =>
      check(`${header ?? ''}.${encode({ ...CLAIMS, sub: 'mallory' })}.${signature ?? ''}`),
    ).toThrow('does not verify');
    expect(() => check(`${token(CLAIMS)}AA`)).toThrow('does not verify');
  });

  it.each([
    '',
    'a.b',
    'a.b.c.d',
    'a.b.c',
    `${'a'.repeat(9_000)}.b.c`,
    '!.!.!',
    `${encode([])}.${encode({})}.AA`,
  ])('refuses what is no token: %#', (text) => {
    expect(() => check(text)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error);
  });

  it('refuses a header with the same member twice', () => {
    const header = Buffer.from('{"alg":"ES256","alg":"none"}').toString('base64url');
    expect(() => check(`${header}.${encode(CLAIMS)}.AA`)).toThrow('not JSON');
  });
});

describe('readJwks', () => {
  const jwk = ec.publicKey.export({ format: 'jwk' });

  it.each([
    ['no JSON', 'x'],
    ['no keys', '{}'],
    ['too many keys', JSON.stringify({ keys: Array.from({ length: 33 }, () => jwk) })],
    ['only encryption keys', JSON.stringify({ keys: [{ ...jwk, use: 'enc' }] })],
    ['a key that claims another algorithm', JSON.stringify({ keys: [{ ...jwk, alg: 'HS256' }] })],
    ['a symmetric key', JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA' }] })],
    ['another curve', JSON.stringify({ keys: [{ ...jwk, crv: 'P-384' }] })],
    ['a point off the curve', JSON.stringify({ keys: [{ ...jwk, y: jwk.x }] })],
    [
      'a short RSA key',
      JSON.stringify({
        keys: [generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'jwk' })],
      }),
    ],
  ])('refuses %s', (_name, text) => {
    expect(() => readJwks(text)).toThrow();
  });
});

describe('callerOfClaims', () => {
  it('takes roles as text or list, and keeps the subject out of the name', () => {
    expect(callerOfClaims({ ...CLAIMS, roles: 'auditor' }, 'roles').roles).toEqual(['auditor']);
    expect(callerOfClaims({ ...CLAIMS, roles: ['auditor', 7, 'platform'] }, 'roles').roles).toEqual([
      'auditor',
      'platform',
    ]);
    expect(callerOfClaims(CLAIMS, 'roles')).toMatchObject({ roles: [], kind: 'token' });
    expect(callerOfClaims(CLAIMS, 'roles').id).not.toContain('alice');
  });
});
