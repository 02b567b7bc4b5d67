import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { assembleCrl, buildTbsCrl, type CrlContent } from './build-crl';
import { parseCertificate } from './certificate';
import { CRL_REASONS, type CrlReason } from './crl-reasons';
import { element, extension, integer, oid, sequence, time } from './der-writer';
import { OID } from './oid';
import { crlBytes, parseCrl } from './parse-crl';
import { PkiFormatError } from './pki-format-error';
import { normalizeSerial } from './serial';
import { type Authority, authority } from './testing/authority';
import { NEXT_UPDATE, THIS_UPDATE } from './testing/content';
import { certificateStatus, type CrlCheckInput, verifyCrl } from './verify-crl';

// Real processes on a busy machine.
jest.setTimeout(30_000);

let directory: string;
let ca: Authority;
/** A renewed CA: same name, another key. */
let twin: Authority;
let other: Authority;
let notSigner: Authority;
let rsa: Authority;

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}

function makeAuthority(
  name: string,
  subject: string,
  usage: string,
  algorithm = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
): Authority {
  openssl(
    ...['req', '-x509', '-nodes', '-newkey', ...algorithm, '-keyout', `${name}.key`, '-out', `${name}.pem`],
    ...['-subj', subject, '-days', '3650', '-addext', `keyUsage=critical,${usage}`],
  );
  return authority(
    readFileSync(join(directory, `${name}.pem`), 'utf8'),
    readFileSync(join(directory, `${name}.key`), 'utf8'),
  );
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'crl-test-'));
  ca = makeAuthority('ca', '/O=op1/CN=ca', 'keyCertSign,cRLSign');
  twin = makeAuthority('twin', '/O=op1/CN=ca', 'keyCertSign,cRLSign');
  other = makeAuthority('other', '/O=op2/CN=ca', 'keyCertSign,cRLSign');
  notSigner = makeAuthority('plain', '/O=op1/CN=plain', 'keyCertSign');
  rsa = makeAuthority('rsa', '/O=op1/CN=rsa', 'cRLSign', ['rsa:2048']);
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const check = (crl: Uint8Array, change: Partial<CrlCheckInput> = {}): ReturnType<typeof verifyCrl> =>
  verifyCrl({ crl, issuerCertificate: ca.certificate, at: THIS_UPDATE + 10, ...change });

describe('CRLs we build', () => {
  it('are verified and read by openssl', () => {
    writeFileSync(join(directory, 'crl.der'), ca.crl());
    openssl('crl', '-inform', 'DER', '-in', 'crl.der', '-CAfile', 'ca.pem', '-noout', '-verify');
    const text = openssl('crl', '-inform', 'DER', '-in', 'crl.der', '-noout', '-text');
    for (const part of [
      'Serial Number: FF',
      'Serial Number: 0A01',
      'Key Compromise',
      'Certificate Hold',
      'Invalidity Date',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/X509v3 CRL Number:\s+7/);
  });

  it('are what openssl decides by', () => {
    openssl(
      'req',
      '-nodes',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-keyout',
      'ee.key',
      '-out',
      'ee.csr',
      '-subj',
      '/CN=ee',
    );
    openssl(
      'x509',
      '-req',
      '-in',
      'ee.csr',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-out',
      'ee.pem',
      '-set_serial',
      '0x0a01',
      '-days',
      '3650',
    );
    const decide = (revoked: CrlContent['revoked']): string => {
      const now = Math.floor(Date.now() / 1000);
      writeFileSync(
        join(directory, 'now.der'),
        ca.crl({ thisUpdate: now - 60, nextUpdate: now + 3600, revoked }),
      );
      openssl('crl', '-inform', 'DER', '-in', 'now.der', '-out', 'now.pem');
      return openssl('verify', '-crl_check', '-CAfile', 'ca.pem', '-CRLfile', 'now.pem', 'ee.pem');
    };
    expect(decide([{ serial: '0a02', revokedAt: 1 }])).toContain('OK');
    expect(() => decide([{ serial: '0a01', revokedAt: 1 }])).toThrow(/revoked/);
  });

  it('without entries leave the list out', () => {
    writeFileSync(join(directory, 'empty.der'), ca.crl({ revoked: [] }));
    expect(openssl('crl', '-inform', 'DER', '-in', 'empty.der', '-noout', '-text')).toContain(
      'No Revoked Certificates',
    );
    expect(check(ca.crl({ revoked: [] }))).toMatchObject({ valid: true, crl: { entryCount: 0 } });
  });

  it('change to GeneralizedTime in 2050', () => {
    const boundary = Date.UTC(2050, 0, 1) / 1000;
    expect(time(boundary - 1).toString('latin1')).toContain('491231235959Z');
    expect(time(boundary).toString('latin1')).toContain('20500101000000Z');
    const crl = ca.crl({ thisUpdate: boundary - 1, nextUpdate: boundary, revoked: [] });
    expect(check(crl, { at: boundary })).toMatchObject({
      valid: true,
      crl: { thisUpdate: boundary - 1, nextUpdate: boundary },
    });
  });

  it('name their shard, base and deltas as openssl reads them', () => {
    const text = (change: Partial<CrlContent>): string => {
      writeFileSync(join(directory, 'scoped.der'), ca.crl(change));
      return openssl('crl', '-inform', 'DER', '-in', 'scoped.der', '-noout', '-text');
    };
    const uri = 'http://127.0.0.1/crl/3';
    expect(
      text({ distributionPoint: uri, onlyContains: 'userCertificates', freshestCrl: `${uri}/delta` }),
    ).toMatch(
      /Issuing Distribution Point: critical\s+Full Name:\s+URI:http:\/\/127.0.0.1\/crl\/3\s+Only User Certificates[^]*Freshest CRL:\s+Full Name:\s+URI:http:\/\/127.0.0.1\/crl\/3\/delta/,
    );
    expect(text({ onlyContains: 'caCertificates' })).toContain('Only CA Certificates');
    const removed = [{ serial: 'b1', revokedAt: THIS_UPDATE, reason: 'removeFromCRL' as const }];
    expect(text({ deltaBase: 5n, revoked: removed })).toMatch(
      /Delta CRL Indicator: critical\s+5\s[^]*Remove From CRL/,
    );
  });

  it('are the same bytes whatever the order of the entries', () => {
    const { revoked } = ca.content();
    expect(buildTbsCrl(ca.content({ revoked: [...revoked].reverse() }))).toEqual(buildTbsCrl(ca.content()));
  });

  const serial = fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
    .filter((hex) => !/^0+$/.test(hex));
  const reasons = Object.keys(CRL_REASONS) as CrlReason[];
  const entry = fc.record(
    {
      serial,
      revokedAt: fc.integer({ min: 0, max: THIS_UPDATE }),
      reason: fc.constantFrom(...reasons),
      invalidityDate: fc.integer({ min: 0, max: THIS_UPDATE }),
    },
    { requiredKeys: ['serial', 'revokedAt'] },
  );

  it('come back as they were written', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(entry, { maxLength: 30, selector: (item) => normalizeSerial(item.serial) }),
        (revoked) => {
          const crl = parseCrl(ca.crl({ revoked }));
          const expected = revoked.map((item) => ({ ...item, serial: normalizeSerial(item.serial) }));
          const bySerial = (a: { serial: string }, b: { serial: string }): number =>
            a.serial < b.serial ? -1 : 1;
          expect([...crl.entries()].sort(bySerial)).toEqual(expected.sort(bySerial));
          for (const item of revoked) expect(crl.find(item.serial)?.revokedAt).toBe(item.revokedAt);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each<[string, Partial<CrlContent>]>([
    ['an empty validity', { nextUpdate: THIS_UPDATE }],
    ['a revocation in the future', { revoked: [{ serial: '01', revokedAt: THIS_UPDATE + 1 }] }],
    [
      'a serial twice',
      {
        revoked: [
          { serial: '1', revokedAt: 1 },
          { serial: '0001', revokedAt: 2 },
        ],
      },
    ],
    ['serial zero', { revoked: [{ serial: '00', revokedAt: 1 }] }],
    ['a serial of 21 octets', { revoked: [{ serial: '01'.repeat(21), revokedAt: 1 }] }],
    ['a serial that is no hex', { revoked: [{ serial: '-1', revokedAt: 1 }] }],
    ['an unknown reason', { revoked: [{ serial: '01', revokedAt: 1, reason: 'unspecified' as CrlReason }] }],
    ['a fraction of a second', { thisUpdate: THIS_UPDATE + 0.5 }],
    ['a negative number', { number: -1n }],
    ['a number of 21 octets', { number: 1n << 160n }],
    ['a delta without progress', { deltaBase: 7n }],
    [
      'an entry taken away outside of a delta',
      { revoked: [{ serial: '01', revokedAt: 1, reason: 'removeFromCRL' }] },
    ],
    ['a delta that names deltas', { deltaBase: 6n, freshestCrl: 'http://127.0.0.1/delta' }],
    ['a distribution point that is no URI', { distributionPoint: 'shard 3' }],
    ['a distribution point in another script', { distributionPoint: 'http://h/ö' }],
    ['a distribution point without end', { distributionPoint: `http://h/${'a'.repeat(2000)}` }],
    ['an invalidity date before 1970', { revoked: [{ serial: '01', revokedAt: 1, invalidityDate: -1 }] }],
    ['a revocation that is no moment', { revoked: [{ serial: '01', revokedAt: Number.NaN }] }],
    ['a fraction of an invalidity date', { revoked: [{ serial: '01', revokedAt: 1, invalidityDate: 0.5 }] }],
  ])('are refused with %s', (_name, change) => {
    expect(() => ca.crl(change)).toThrow(PkiFormatError);
  });
});

describe('CRLs we read', () => {
  it('give the status of a certificate', () => {
    const verdict = check(ca.crl());
    if (!verdict.valid) throw new Error(verdict.detail);
    expect(certificateStatus(verdict.crl, '0A01')).toBe('revoked');
    expect(certificateStatus(verdict.crl, '00FF')).toBe('revoked');
    expect(certificateStatus(verdict.crl, 'a00')).toBe('held');
    expect(certificateStatus(verdict.crl, '0a')).toBe('good');
  });

  it('may come as PEM, but one at a time', () => {
    writeFileSync(join(directory, 'one.der'), ca.crl());
    const pem = openssl('crl', '-inform', 'DER', '-in', 'one.der');
    expect(check(Buffer.from(pem)).valid).toBe(true);
    expect(check(Buffer.from(pem + pem))).toMatchObject({ code: 'CRL_MALFORMED' });
    expect(() => crlBytes(Buffer.from('nothing'))).toThrow(PkiFormatError);
  });

  it('of an RSA CA made by openssl verify too', () => {
    writeFileSync(join(directory, 'index.txt'), '');
    writeFileSync(join(directory, 'number'), '09');
    writeFileSync(
      join(directory, 'ca.cnf'),
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=1\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid:always\n',
    );
    openssl(
      'ca',
      '-gencrl',
      '-config',
      'ca.cnf',
      '-cert',
      'rsa.pem',
      '-keyfile',
      'rsa.key',
      '-out',
      'rsa-crl.pem',
    );
    const at = Math.floor(Date.now() / 1000);
    const crl = readFileSync(join(directory, 'rsa-crl.pem'));
    expect(verifyCrl({ crl, issuerCertificate: rsa.certificate, at })).toMatchObject({
      valid: true,
      crl: { number: 9n },
    });
    const der = crlBytes(crl);
    expect(
      verifyCrl({
        crl: Buffer.concat([der.subarray(0, -1), Buffer.of((der[der.length - 1] ?? 0) ^ 1)]),
        issuerCertificate: rsa.certificate,
        at,
      }),
    ).toMatchObject({ code: 'CRL_SIGNATURE_INVALID' });
  });

  const digestOf = (crl: Buffer): string => {
    const verdict = check(crl);
    return verdict.valid ? verdict.digest : '';
  };

  it('may be the one that was seen', () => {
    const crl = ca.crl();
    expect(check(crl, { minimumNumber: 7n, seenDigest: digestOf(crl) }).valid).toBe(true);
  });

  it.each<[string, () => ReturnType<typeof verifyCrl>, string]>([
    ['older than one seen', () => check(ca.crl(), { minimumNumber: 8n }), 'CRL_ROLLBACK'],
    [
      'another of a number seen',
      () => check(ca.crl({ revoked: [] }), { minimumNumber: 7n, seenDigest: digestOf(ca.crl()) }),
      'CRL_EQUIVOCATION',
    ],
    ['past nextUpdate', () => check(ca.crl(), { at: NEXT_UPDATE + 1 }), 'CRL_STALE'],
    ['from the future', () => check(ca.crl(), { at: THIS_UPDATE - 301 }), 'CRL_NOT_YET_VALID'],
    ['of another issuer', () => check(other.crl()), 'CRL_ISSUER_MISMATCH'],
    ['of another key of the same name', () => check(twin.crl()), 'CRL_ISSUER_MISMATCH'],
    [
      'of another key that claims to be this one',
      () => check(twin.signed(buildTbsCrl(ca.content()))),
      'CRL_SIGNATURE_INVALID',
    ],
    [
      'of an issuer without cRLSign',
      () => check(notSigner.crl(), { issuerCertificate: notSigner.certificate }),
      'CRL_ISSUER_MISMATCH',
    ],
    ['a delta', () => check(ca.crl({ deltaBase: 6n })), 'CRL_UNSUPPORTED'],
    ['a shard', () => check(ca.crl({ distributionPoint: 'http://127.0.0.1/crl/3' })), 'CRL_UNSUPPORTED'],
    ['with bytes after it', () => check(Buffer.concat([ca.crl(), Buffer.of(0)])), 'CRL_MALFORMED'],
    ['cut short', () => check(ca.crl().subarray(0, 100)), 'CRL_MALFORMED'],
    ['empty', () => check(new Uint8Array()), 'CRL_MALFORMED'],
    [
      'for a certificate that is none',
      () => check(ca.crl(), { issuerCertificate: Buffer.of(0x30, 0) }),
      'CERTIFICATE_MALFORMED',
    ],
  ])('are refused: %s', (_name, act, code) => {
    expect(act()).toMatchObject({ valid: false, code });
  });

  /** A list put together by hand, to break one rule at a time under a good signature. */
  const handmade = (parts: {
    entries?: Buffer;
    extensions?: Buffer[];
    inner?: string;
    version?: bigint;
    times?: Buffer[];
  }): Buffer => {
    const { issuer, authorityKeyIdentifier } = ca.content();
    const aki = extension(OID.authorityKeyIdentifier, sequence(element(0x80, authorityKeyIdentifier)));
    const number = extension(OID.crlNumber, integer(7n));
    const list = sequence(
      integer(parts.version ?? 1n),
      sequence(oid(parts.inner ?? OID.ecdsaWithSha256)),
      issuer,
      ...(parts.times ?? [time(THIS_UPDATE), time(NEXT_UPDATE)]),
      parts.entries ?? Buffer.alloc(0),
      element(0xa0, sequence(...(parts.extensions ?? [aki, number]))),
    );
    return ca.signed(list);
  };
  const aki = (): Buffer =>
    extension(OID.authorityKeyIdentifier, sequence(element(0x80, ca.content().authorityKeyIdentifier)));
  const number = extension(OID.crlNumber, integer(7n));
  const entryWith = (...extensions: Buffer[]): Buffer =>
    sequence(sequence(integer(5n), time(THIS_UPDATE), sequence(...extensions)));

  it.each<[string, () => Buffer, string]>([
    [
      'an unknown critical extension',
      () => handmade({ extensions: [aki(), number, extension('551d63', integer(1n), true)] }),
      'CRL_CRITICAL_EXTENSION',
    ],
    [
      'an unknown critical entry extension',
      () => handmade({ entries: entryWith(extension('551d63', integer(1n), true)) }),
      'CRL_CRITICAL_EXTENSION',
    ],
    [
      'an entry of another issuer',
      () => handmade({ entries: entryWith(extension(OID.certificateIssuer, sequence(), true)) }),
      'CRL_CRITICAL_EXTENSION',
    ],
    ['no number', () => handmade({ extensions: [aki()] }), 'CRL_UNSUPPORTED'],
    [
      'a critical number',
      () => handmade({ extensions: [aki(), extension(OID.crlNumber, integer(7n), true)] }),
      'CRL_MALFORMED',
    ],
    ['no key identifier', () => handmade({ extensions: [number] }), 'CRL_ISSUER_MISMATCH'],
    ['no nextUpdate', () => handmade({ times: [time(THIS_UPDATE)] }), 'CRL_UNSUPPORTED'],
    ['two algorithms', () => handmade({ inner: OID.ecdsaWithSha384 }), 'CRL_SIGNATURE_INVALID'],
    ['version 1', () => handmade({ version: 0n }), 'CRL_MALFORMED'],
    ['an empty list of entries', () => handmade({ entries: sequence() }), 'CRL_MALFORMED'],
    ['an extension twice', () => handmade({ extensions: [aki(), number, number] }), 'CRL_MALFORMED'],
    [
      'reason 7',
      () => handmade({ entries: entryWith(extension(OID.reasonCode, element(0x0a, Buffer.of(7)))) }),
      'CRL_MALFORMED',
    ],
    [
      'a negative serial',
      () => handmade({ entries: sequence(sequence(element(2, Buffer.of(0x80)), time(1))) }),
      'CRL_MALFORMED',
    ],
    [
      'a padded serial',
      () => handmade({ entries: sequence(sequence(element(2, Buffer.of(0, 1)), time(1))) }),
      'CRL_MALFORMED',
    ],
    [
      'a serial of 21 octets',
      () => handmade({ entries: sequence(sequence(element(2, Buffer.alloc(21, 1)), time(1))) }),
      'CRL_MALFORMED',
    ],
    [
      '31 February',
      () =>
        handmade({ entries: sequence(sequence(integer(5n), element(0x17, Buffer.from('260231000000Z')))) }),
      'CRL_MALFORMED',
    ],
    [
      'a fractional time',
      () => handmade({ times: [element(0x18, Buffer.from('20260101000000.5Z'))] }),
      'CRL_MALFORMED',
    ],
  ])('are refused with %s', (_name, crl, code) => {
    expect(check(crl())).toMatchObject({ valid: false, code });
  });

  it('are refused in BER', () => {
    const der = ca.crl();
    // The same list with an indefinite length, and with a length in more octets than needed.
    const content = der.subarray(4);
    expect(check(Buffer.concat([Buffer.of(0x30, 0x80), content, Buffer.of(0, 0)]))).toMatchObject({
      code: 'CRL_MALFORMED',
    });
    const long = Buffer.concat([
      Buffer.of(0x30, 0x83, 0, content.length >> 8, content.length & 255),
      content,
    ]);
    expect(check(long)).toMatchObject({ code: 'CRL_MALFORMED' });
  });

  it('are refused with any byte changed', () => {
    const der = ca.crl();
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(der);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(check(changed).valid).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('and certificates never fail otherwise than as malformed', () => {
    fc.assert(
      fc.property(
        fc.nat(ca.certificate.length - 1),
        fc.nat(255),
        fc.nat(ca.certificate.length),
        (at, value, end) => {
          const changed = Buffer.from(ca.certificate.subarray(0, end));
          if (at < end) changed[at] = value;
          try {
            parseCertificate(changed);
          } catch (error) {
            expect(error).toBeInstanceOf(PkiFormatError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('hold a signature over what was built', () => {
    const tbs = buildTbsCrl(ca.content());
    expect(check(Buffer.from(assembleCrl(tbs, Buffer.of(0x30, 0))))).toMatchObject({
      code: 'CRL_SIGNATURE_INVALID',
    });
  });
});
