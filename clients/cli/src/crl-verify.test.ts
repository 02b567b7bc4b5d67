import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runRegistry } from './testing/run-registry';

jest.setTimeout(60_000);

const CONFIG = `[ca]
default_ca=d
[d]
database=index.txt
crlnumber=number
default_md=sha256
default_crl_days=1
crl_extensions=e
[e]
authorityKeyIdentifier=keyid:always
`;
let directory: string;
const path = (name: string): string => join(directory, name);
const now = Math.floor(Date.now() / 1000);
/** After everything that this test made, before it expires. */
const AT = String(now + 3_600);

function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}

function certificate(name: string, serial: string): void {
  openssl(
    ...['req', '-new', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    ...['-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`],
  );
  openssl(
    ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-out', `${name}.pem`],
    ...['-set_serial', serial, '-days', '30'],
  );
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'crl-verify-'));
  openssl(
    ...['req', '-x509', '-nodes', '-newkey', 'rsa:2048', '-keyout', 'ca.key', '-out', 'ca.pem'],
    ...['-subj', '/CN=ca', '-days', '30', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  );
  for (const [name, serial] of [
    ['good', '0x11'],
    ['revoked', '0x12'],
    ['held', '0x13'],
  ] as const) {
    certificate(name, serial);
  }
  const line = (serial: string, reason: string): string =>
    `R\t360101000000Z\t260101000000Z,${reason}\t${serial}\tunknown\t/CN=x\n`;
  writeFileSync(path('index.txt'), line('12', 'keyCompromise') + line('13', 'certificateHold'));
  writeFileSync(path('number'), '0a');
  writeFileSync(path('ca.cnf'), CONFIG);
  openssl('ca', '-gencrl', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-out', 'ca.crl');
  openssl('crl', '-in', 'ca.crl', '-outform', 'DER', '-out', 'ca.der');
  openssl('x509', '-in', 'ca.pem', '-outform', 'DER', '-out', 'ca-certificate.der');
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const ask = (name: string, ...more: readonly string[]): ReturnType<typeof runRegistry> =>
  runRegistry('crl', 'verify', '--issuer', path('ca.pem'), '--certificate', path(`${name}.pem`), ...more);

describe('registry crl verify', () => {
  it.each([
    ['good', 'good', 'OK', /CRL 10/],
    ['revoked', 'revoked', 'REVOKED', /keyCompromise since 2026-01-01T00:00:00.000Z/],
    ['held', 'held', 'HELD', /certificateHold/],
  ])('says that a certificate is %s, from PEM and DER', async (name, status, code, reason) => {
    for (const file of ['ca.crl', 'ca.der']) {
      const { code: exit, out } = await ask(name, '--crl', path(file), '--at', AT);
      expect(out).toEqual({ status, code, reason: expect.stringMatching(reason) as string });
      expect(exit).toBe(0);
    }
  });

  it('takes certificates in DER and a time as RFC 3339', async () => {
    const at = new Date(Number(AT) * 1000).toISOString();
    const { out } = await runRegistry(
      ...['crl', 'verify', '--issuer', path('ca-certificate.der'), '--certificate', path('good.pem')],
      ...['--crl', path('ca.der'), '--at', at],
    );
    expect(out).toMatchObject({ status: 'good' });
  });

  it.each<[string, () => string[], string, string]>([
    ['a stale list', () => ['--crl', path('ca.crl'), '--at', String(now + 200_000)], 'invalid', 'CRL_STALE'],
    [
      'a list given twice as one',
      () => {
        const pem = readFileSync(path('ca.crl'));
        writeFileSync(path('two.crl'), Buffer.concat([pem, pem]));
        return ['--crl', path('two.crl'), '--at', AT];
      },
      'invalid',
      'CRL_MALFORMED',
    ],
    [
      'a certificate in place of a list',
      () => ['--crl', path('ca-certificate.der'), '--at', AT],
      'invalid',
      'CRL_MALFORMED',
    ],
    [
      'a full list as delta too',
      () => ['--crl', path('ca.crl'), '--delta', path('ca.der'), '--at', AT],
      'good',
      'OK',
    ],
  ])('answers about %s', async (_name, options, status, code) => {
    const { code: exit, out } = await ask('good', ...options());
    expect(out).toMatchObject({ status, code });
    expect(exit).toBe(0);
  });

  it('takes a time in lower case, as RFC 3339 allows', async () => {
    const at = new Date((now + 3_600) * 1000).toISOString().toLowerCase();
    expect((await ask('good', '--crl', path('ca.crl'), '--at', at)).out).toMatchObject({ status: 'good' });
  });

  it.each<[string, () => string[], string]>([
    ['no list', () => ['--at', AT], 'USAGE'],
    ['no time', () => ['--crl', path('ca.crl')], 'USAGE'],
    ['a time that is none', () => ['--crl', path('ca.crl'), '--at', 'tomorrow'], 'USAGE'],
    ['31 February', () => ['--crl', path('ca.crl'), '--at', '2026-02-31T00:00:00Z'], 'USAGE'],
    ['a local time', () => ['--crl', path('ca.crl'), '--at', '2026-02-01T00:00:00'], 'USAGE'],
    ['a time after the last', () => ['--crl', path('ca.crl'), '--at', '999999999999'], 'USAGE'],
    ['a file that is not there', () => ['--crl', path('none.crl'), '--at', AT], 'FILE_UNREADABLE'],
    ['an option that does not exist', () => ['--crl', path('ca.crl'), '--at', AT, '--force'], 'USAGE'],
  ])('can not answer with %s', async (_name, options, code) => {
    const { code: exit, error, stdout } = await ask('good', ...options());
    expect(error).toMatchObject({ code });
    expect(stdout).toBe('');
    expect(exit).toBe(1);
  });
});
