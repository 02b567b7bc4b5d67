import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateRevocation, ledgerKeys, RegistryError } from '@maker-registry/protocol';
import { buildOcspRequest, ocspCertificateId, type OcspHash, parseCertificate } from '@maker-registry/pki';
import { pino } from 'pino';
import { type NamedAuthority, namedAuthorities } from '../crl';
import { migrate } from '../database/migrate';
import { HsmClient } from '../hsm';
import { bundle, type TemporaryToken, temporaryToken } from '../hsm/testing/temporary-token';
import { MirrorTables } from '../testing/mirror-tables';
import { unixNow } from '../trust/clock';
import { authorityInToken } from '../trust/testing/certificate-authority';
import { openTrustKeys, type TrustKey } from '../trust/trust-keys';
import { CertificateStatuses } from './certificate-statuses';
import { IssuedCertificates } from './issued-certificates';
import { RESPONDER_LIFETIME_S } from './limits';
import { type OcspDeps, OcspResponder } from './ocsp-responder';
import { issueResponderCertificate } from './responder-certificate';
import { ResponderCertificates } from './responder-certificates';

// Real processes on a busy machine.
jest.setTimeout(60_000);

const PIN = '12345678';
const MSP = 'Op1MSP';
/** What an error says without a signature: SEQUENCE { ENUMERATED n }. */
const error = (n: number): Buffer => Buffer.from([0x30, 3, 0x0a, 1, n]);
const [MALFORMED, TRY_LATER, UNAUTHORIZED] = [error(1), error(3), error(6)];

let tables: MirrorTables;
let token: TemporaryToken;
let worker: string;
let hsm: HsmClient;
let folder: string;
let ca: string;
let authorities: NamedAuthority[];
let key: TrustKey;
let issued: IssuedCertificates;

beforeAll(async () => {
  worker = bundle('hsm-worker.ts');
  token = temporaryToken(worker, 'op1', PIN);
  folder = mkdtempSync(join(tmpdir(), 'ocsp-'));
  ca = authorityInToken(token, PIN, 'ca');
  authorities = namedAuthorities({ ca, tlsca: authorityInToken(token, PIN, 'tlsca') });
  [tables, hsm] = await Promise.all([MirrorTables.start('ab'.repeat(32)), HsmClient.open(token.options)]);
  await migrate(tables.pool);
  ({ ocsp: key } = await openTrustKeys(hsm));
  issued = new IssuedCertificates(tables.pool);
  await tables.block([
    document('0b', 'revoked', 'keyCompromise'),
    document('0c', 'held', 'certificateHold'),
    document('0d', 'released', 'certificateHold'),
    document('0e', 'released', 'certificateHold'),
    { ...document('0f', 'revoked'), ...foreign('0f') },
  ]);
  for (const serial of ['0a', '0c', '0d', '0f'])
    await issued.add(authority().keyId, serial, unixNow() + 9_999);
});
afterAll(async () => {
  await Promise.all([tables.stop(), hsm.close()]);
  token.remove();
  rmSync(worker);
  rmSync(folder, { recursive: true });
});

function authority(): NamedAuthority {
  const [first] = authorities;
  if (first === undefined) throw new Error('no CA');
  return first;
}

function document(
  serial: string,
  state: CertificateRevocation['state'],
  reason?: CertificateRevocation['reason'],
) {
  const place = { tx_id: 'ab'.repeat(32), at: unixNow() - 60 };
  const value: CertificateRevocation = {
    msp_id: MSP,
    aki: authority().keyId,
    serial,
    state,
    ...(reason === undefined ? {} : { reason }),
    revoked: place,
    version: 1,
    updated: place,
  };
  return {
    kind: 'certificate-revocation' as const,
    id: ledgerKeys['certificate-revocation'](MSP, value),
    value,
  };
}

/** The same as another organization would say it. */
function foreign(serial: string) {
  const { value } = document(serial, 'revoked');
  return {
    id: ledgerKeys['certificate-revocation']('Op2MSP', value),
    value: { ...value, msp_id: 'Op2MSP' },
  };
}

function certificatesOf(change: { point?: Uint8Array; now?: () => number } = {}): ResponderCertificates {
  const { point } = key;
  return new ResponderCertificates({ pool: tables.pool, hsm, issued, point, now: unixNow, ...change });
}

function responder(change: Partial<OcspDeps> = {}): OcspResponder {
  return new OcspResponder({
    authorities,
    statuses: new CertificateStatuses(tables.pool, MSP),
    certificates: certificatesOf(),
    hsm,
    keyLabel: key.label,
    freshness: { currentAt: unixNow, assertFresh: () => undefined },
    logger: pino({ level: 'silent' }),
    now: unixNow,
    ...change,
  });
}

function requestFor(serial: string, hash: OcspHash = 'sha1', nonce?: Uint8Array): Buffer {
  const id = ocspCertificateId(parseCertificate(authority().certificate), serial, hash);
  return buildOcspRequest({ certificates: [id], ...(nonce === undefined ? {} : { nonce }) });
}

function openssl(...args: string[]): string {
  const { stdout, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

/** A request of openssl, answered by the responder, judged by openssl. */
async function ask(serial: string, hash = 'sha1'): Promise<string> {
  writeFileSync(join(folder, 'ca.pem'), ca);
  const question = [`-${hash}`, '-issuer', 'ca.pem', '-serial', `0x${serial}`];
  openssl('ocsp', ...question, '-reqout', 'request.der');
  return judged(await responder().answer(readFileSync(join(folder, 'request.der'))));
}

/** What openssl says of a response to its last request. */
function judged(response: Buffer): string {
  writeFileSync(join(folder, 'response.der'), response);
  const files = ['-reqin', 'request.der', '-respin', 'response.der', '-CAfile', 'ca.pem'];
  return openssl('ocsp', ...files, '-resp_text');
}

describe('the OCSP responder', () => {
  it.each([
    ['good', '0a', 'of what was shown'],
    ['revoked', '0b', 'of what is revoked, shown or not'],
    ['revoked', '0c', 'of what is on hold'],
    ['good', '0d', 'of what was shown and whose hold was lifted'],
    ['unknown', '0e', 'of what nobody showed, its hold lifted'],
    ['good', '0f', 'of what only another organization calls revoked'],
    ['unknown', '99', 'of what nobody showed'],
  ])('says %s to openssl of %s: %s', async (status, serial) => {
    const text = await ask(serial);
    expect(text).toContain('Response verify OK');
    expect(text).toContain(`Cert Status: ${status}`);
    expect(text).not.toContain('no nonce');
  });

  it('gives time and reason of a revocation', async () => {
    expect(await ask('0b')).toContain('Reason: keyCompromise');
    expect(await ask('0c', 'sha256')).toContain('Reason: certificateHold');
  });

  it('answers with the nonce that was sent, and else with what it has at hand', async () => {
    const signed: string[] = [];
    const counting = {
      sign: (label: string, digest: Uint8Array) => {
        signed.push(label);
        return hsm.sign(label, digest);
      },
    };
    const one = responder({ hsm: counting });
    const [first, second] = [await one.answer(requestFor('0a')), await one.answer(requestFor('0a'))];
    expect(first.equals(second)).toBe(true);
    expect(signed).toEqual(['ocsp']);
    const nonce = Buffer.alloc(32, 9);
    expect((await one.answer(requestFor('0a', 'sha1', nonce))).includes(nonce)).toBe(true);
    // Another hash is another question, for the answer repeats it.
    expect((await one.answer(requestFor('0a', 'sha256'))).equals(first)).toBe(false);
    expect(signed).toHaveLength(3);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['a request cut short', () => requestFor('0a').subarray(0, 30)],
    ['bytes after it', () => Buffer.concat([requestFor('0a'), Buffer.of(0)])],
  ])('calls %s malformed', async (_what, request) => {
    expect(await responder().answer(typeof request === 'function' ? request() : request)).toEqual(MALFORMED);
  });

  it('has no authority over certificates of others, nor of two CAs at once', async () => {
    const [own, tls] = authorities.map(({ certificate }) => parseCertificate(certificate));
    const stranger = { subject: own!.subject, publicKeyBits: Buffer.alloc(65, 4) };
    const ids = (...issuers: Parameters<typeof ocspCertificateId>[0][]): Buffer =>
      buildOcspRequest({ certificates: issuers.map((issuer) => ocspCertificateId(issuer, '0a', 'sha1')) });
    expect(await responder().answer(ids(stranger))).toEqual(UNAUTHORIZED);
    expect(await responder().answer(ids(own!, tls!))).toEqual(UNAUTHORIZED);
  });

  it('asks for patience where mirror, database or HSM are away', async () => {
    const behind = {
      currentAt: () => 1,
      assertFresh: () => {
        throw new RegistryError('MIRROR_BEHIND', 'It stands still.');
      },
    };
    expect(await responder({ freshness: behind }).answer(requestFor('0a'))).toEqual(TRY_LATER);
    const dead = { sign: () => Promise.reject(new Error('the token is gone')) };
    expect(await responder({ hsm: dead }).answer(requestFor('0a'))).toEqual(TRY_LATER);
    const away = { of: () => Promise.reject(new RegistryError('MIRROR_UNAVAILABLE', 'Away.')) };
    const statuses = away as unknown as CertificateStatuses;
    expect(await responder({ statuses }).answer(requestFor('0a'))).toEqual(TRY_LATER);
  });
});

// What follows is signed by the second key.
describe('a second OCSP key', () => {
  it('signs from the next start on, with a certificate of its own; answers of the first hold without it', async () => {
    const first = key;
    const before = responder();
    const answer = await before.answer(requestFor('0a'));
    await hsm.generateKey('ocsp.2', { usage: 'sign' });
    ({ ocsp: key } = await openTrustKeys(hsm));
    expect(key.label).toBe('ocsp.2');
    // A gateway that was not restarted yet goes on with the first.
    expect(judged(await before.answer(requestFor('0c')))).toContain('Response verify OK');
    await hsm.destroyKey(first.label);
    const text = await ask('0a');
    expect(text).toContain('Response verify OK');
    expect(text).toContain('Cert Status: good');
    const { fields } = await certificatesOf().current(authority());
    expect(fields.publicKeyBits.equals(key.point)).toBe(true);
    const old = judged(answer);
    expect(old).toContain('Response verify OK');
    expect(old).toContain('Cert Status: good');
  });

  it('does not help a gateway that still uses the first after that was destroyed: it asks for patience', async () => {
    const late = responder({ keyLabel: 'ocsp' });
    expect(await late.answer(requestFor('0a'))).toEqual(TRY_LATER);
  });
});

describe('the responder’s certificate', () => {
  it('is for OCSP alone, needs no check of its own and lives for a week', async () => {
    const { der, fields } = await certificatesOf().current(authority());
    expect(fields.ocspNoCheck).toBe(true);
    expect(fields.isCa).toBe(false);
    expect(fields.notAfter - fields.notBefore).toBe(RESPONDER_LIFETIME_S);
    expect(fields.issuer.equals(authority().subject)).toBe(true);
    writeFileSync(join(folder, 'responder.der'), der);
    writeFileSync(join(folder, 'ca.pem'), ca);
    const purpose = ['-x509_strict', '-purpose', 'ocsphelper', '-CAfile', 'ca.pem', 'responder.der'];
    expect(openssl('verify', ...purpose)).toContain('responder.der: OK');
  });

  it('is made once, by whoever needs it first, and anew after half its life', async () => {
    const certificates = certificatesOf();
    const [one, two] = await Promise.all([
      certificates.current(authority()),
      certificates.current(authority()),
    ]);
    expect(one.der.equals(two.der)).toBe(true);
    expect((await certificatesOf().current(authority())).der.equals(one.der)).toBe(true);
    const later = certificatesOf({ now: () => unixNow() + RESPONDER_LIFETIME_S / 2 });
    expect((await later.current(authority())).fields.serial).not.toBe(one.fields.serial);
  });

  it('is another one for another key, and for another CA', async () => {
    const other = await hsm.generateKey('ocsp-2', { usage: 'sign' });
    const made = await certificatesOf({ point: other }).current(authority());
    expect(made.fields.publicKeyBits.equals(other)).toBe(true);
    const tls = await certificatesOf().current(authorities[1]!);
    expect(tls.fields.authorityKeyIdentifier?.toString('hex')).toBe(authorities[1]!.keyId);
  });

  it('is not made without the CA’s key', async () => {
    const dead = { signById: () => Promise.reject(new Error('the token is gone')) };
    await expect(issueResponderCertificate(dead, authority(), key.point, unixNow())).rejects.toThrow('gone');
  });
});
