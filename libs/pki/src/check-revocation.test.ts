import { sign } from 'node:crypto';
import * as fc from 'fast-check';
import { assembleCrl, buildTbsCrl, type CrlContent } from './build-crl';
import { parseCertificate } from './certificate';
import { checkRevocation, type RevocationQuestion } from './check-revocation';
import { element, extension, integer, oid, sequence, time } from './der-writer';
import { OID } from './oid';
import { type RevokedCertificate } from './revocation-table';
import { type RevocationVerdict } from './revocation-verdict';
import { type Authority } from './testing/authority';
import { OpensslCa } from './testing/openssl-ca';

jest.setTimeout(60_000);

const NOW = Math.floor(Date.now() / 1000);
const AT = NOW + 1_000;
const SHARD = 'http://127.0.0.1/crl/3';
const SERIAL = 'b001';
const HOLD: RevokedCertificate = { serial: SERIAL, revokedAt: NOW - 9, reason: 'certificateHold' };
const FINAL: RevokedCertificate = { serial: SERIAL, revokedAt: NOW - 9, reason: 'keyCompromise' };
const LIFTED: RevokedCertificate = { serial: SERIAL, revokedAt: NOW - 9, reason: 'removeFromCRL' };

const CONFIGURATION = `[ca]
default_ca=d
[d]
database=index.txt
crlnumber=number
default_md=default
default_crl_days=1
crl_extensions=e
[e]
authorityKeyIdentifier=keyid:always
`;

let workplace: OpensslCa;
let ca: Authority;
let twin: Authority;
let other: Authority;
let intermediate: Authority;
let leaf: Buffer;
let sharded: Buffer;
let underIntermediate: Buffer;

beforeAll(() => {
  workplace = new OpensslCa();
  ca = workplace.root('ca', '/O=op1/CN=ca');
  twin = workplace.root('twin', '/O=op1/CN=ca');
  other = workplace.root('other', '/O=op2/CN=ca');
  intermediate = workplace.authority('intermediate', 'ca', { serial: '0x0c' });
  leaf = workplace.issue('leaf', 'ca', { serial: `0x00${SERIAL}` });
  sharded = workplace.issue('sharded', 'ca', {
    serial: `0x00${SERIAL}`,
    extensions: [`crlDistributionPoints=URI:${SHARD}`],
  });
  underIntermediate = workplace.issue('below', 'intermediate', { serial: `0x00${SERIAL}` });
});
afterAll(() => {
  workplace.remove();
});

const list = (change: Partial<CrlContent> = {}, by = ca): Buffer =>
  by.crl({ thisUpdate: NOW, nextUpdate: NOW + 3_600, revoked: [], ...change });
const delta = (change: Partial<CrlContent> = {}): Buffer => list({ number: 9n, deltaBase: 5n, ...change });
const ask = (crls: readonly Uint8Array[], change: Partial<RevocationQuestion> = {}): RevocationVerdict =>
  checkRevocation({ certificate: leaf, issuers: [ca.certificate], crls, at: AT, ...change });
const answers = (found: RevocationVerdict): string => `${found.status} ${found.code}`;

/** The last byte belongs to the signature. */
function broken(der: Buffer): Buffer {
  const last = der.length - 1;
  return Buffer.concat([der.subarray(0, last), Buffer.of((der[last] ?? 0) ^ 1)]);
}

/** A list put together by hand under a good signature. */
function handmade(parts: {
  extensions?: Buffer[];
  bare?: boolean;
  entries?: Buffer[];
  times?: Buffer[];
  inner?: string;
}): Buffer {
  const { issuer, authorityKeyIdentifier } = ca.content();
  const plain = [
    extension(OID.authorityKeyIdentifier, sequence(element(0x80, authorityKeyIdentifier))),
    extension(OID.crlNumber, integer(7n)),
  ];
  return ca.signed(
    sequence(
      integer(1n),
      sequence(oid(parts.inner ?? OID.ecdsaWithSha256)),
      issuer,
      ...(parts.times ?? [time(NOW), time(NOW + 3_600)]),
      ...(parts.entries === undefined ? [] : [sequence(...parts.entries)]),
      element(0xa0, sequence(...(parts.bare === true ? plain.slice(1) : plain), ...(parts.extensions ?? []))),
    ),
  );
}
const scopeOf = (...parts: Buffer[]): Buffer[] => [
  extension(OID.issuingDistributionPoint, sequence(...parts), true),
];

describe('the status of a certificate', () => {
  it.each<[string, () => RevocationVerdict, string]>([
    ['not listed', () => ask([list()]), 'good OK'],
    ['listed', () => ask([list({ revoked: [FINAL] })]), 'revoked REVOKED'],
    [
      'listed without a reason',
      () => ask([list({ revoked: [{ serial: SERIAL, revokedAt: 1 }] })]),
      'revoked REVOKED',
    ],
    [
      'listed with the reason "unspecified" written out, as openssl does',
      () => {
        const reason = extension(OID.reasonCode, element(0x0a, Buffer.of(0)));
        const entry = sequence(integer(BigInt(`0x${SERIAL}`)), time(NOW - 9), sequence(reason));
        return ask([handmade({ entries: [entry] })]);
      },
      'revoked REVOKED',
    ],
    ['held', () => ask([list({ revoked: [HOLD] })]), 'held HELD'],
    ['revoked in the delta', () => ask([list(), delta({ revoked: [FINAL] })]), 'revoked REVOKED'],
    [
      'held in the base, final in the delta',
      () => ask([list({ revoked: [HOLD] }), delta({ revoked: [FINAL] })]),
      'revoked REVOKED',
    ],
    [
      'held in the base, lifted in the delta',
      () => ask([list({ revoked: [HOLD] }), delta({ revoked: [LIFTED] })]),
      'good OK',
    ],
    ['held in the base, not in the delta', () => ask([list({ revoked: [HOLD] }), delta()]), 'held HELD'],
    ['not in the delta either', () => ask([list(), delta()]), 'good OK'],
    [
      'lifted by the first delta, held by the second',
      () => ask([list(), delta({ revoked: [LIFTED] }), delta({ number: 10n, revoked: [HOLD] })]),
      'held HELD',
    ],
    [
      'listed by a full CRL newer than the delta',
      () => ask([list({ number: 9n, revoked: [FINAL] }), delta({ number: 8n, revoked: [LIFTED] })]),
      'revoked REVOKED',
    ],
    [
      'by a list that does not name its key',
      () => ask([handmade({ bare: true, entries: [sequence(integer(0xb001n), time(1))] })]),
      'revoked REVOKED',
    ],
    [
      'by a list of an Ed25519 CA',
      () => {
        workplace.root('ed', '/O=op3/CN=ca', { algorithm: ['ed25519'] });
        const certificate = workplace.issue('eds', 'ed');
        workplace.write('index.txt', '');
        workplace.write('number', '07');
        workplace.write('ca.cnf', CONFIGURATION);
        workplace.openssl(
          ...[
            'ca',
            '-gencrl',
            '-config',
            'ca.cnf',
            '-cert',
            'ed.pem',
            '-keyfile',
            'ed.key',
            '-out',
            'ed.crl',
          ],
        );
        return ask([workplace.read('ed.crl')], { certificate, issuers: [workplace.read('ed.pem')] });
      },
      'good OK',
    ],
    ['despite an old delta', () => ask([list(), delta({ number: 6n, nextUpdate: NOW + 5 })]), 'good OK'],
    [
      'by the newer of two full CRLs',
      () => ask([list({ number: 8n, revoked: [FINAL] }), list()]),
      'revoked REVOKED',
    ],
    [
      'by the fresh of two full CRLs',
      () => ask([list({ number: 6n, nextUpdate: NOW + 5 }), list()]),
      'good OK',
    ],
    [
      'in its shard',
      () => ask([list({ distributionPoint: SHARD, revoked: [FINAL] })], { certificate: sharded }),
      'revoked REVOKED',
    ],
    [
      'not in its shard',
      () => ask([list({ distributionPoint: SHARD })], { certificate: sharded }),
      'good OK',
    ],
    ['by a full CRL though it names a shard', () => ask([list()], { certificate: sharded }), 'good OK'],
    [
      'in its shard among others',
      () =>
        ask([list({ distributionPoint: `${SHARD}4` }), list({ distributionPoint: SHARD, revoked: [HOLD] })], {
          certificate: sharded,
        }),
      'held HELD',
    ],
    [
      'by a delta of its shard',
      () =>
        ask([list({ distributionPoint: SHARD }), delta({ distributionPoint: SHARD, revoked: [FINAL] })], {
          certificate: sharded,
        }),
      'revoked REVOKED',
    ],
    ['by a list of user certificates', () => ask([list({ onlyContains: 'userCertificates' })]), 'good OK'],
    [
      'by lists of all reasons together',
      () =>
        ask([
          handmade({ extensions: scopeOf(element(0x83, Buffer.of(0, 0x60))) }),
          handmade({ extensions: scopeOf(element(0x83, Buffer.of(7, 0x1f, 0x80))) }),
        ]),
      'good OK',
    ],
    [
      'below an intermediate',
      () =>
        ask([list(), list({}, intermediate)], {
          certificate: underIntermediate,
          issuers: [intermediate.certificate, ca.certificate],
        }),
      'good OK',
    ],
    [
      'below an intermediate that is trusted itself',
      () =>
        ask([list({}, intermediate)], {
          certificate: underIntermediate,
          issuers: [intermediate.certificate],
        }),
      'good OK',
    ],
    [
      'revoked below an intermediate whose own list is missing',
      () =>
        ask([list({ revoked: [FINAL] }, intermediate)], {
          certificate: underIntermediate,
          issuers: [intermediate.certificate, ca.certificate],
        }),
      'revoked REVOKED',
    ],
    [
      'below a revoked intermediate',
      () =>
        ask([list({ revoked: [{ serial: '0c', revokedAt: 1 }] }), list({}, intermediate)], {
          certificate: underIntermediate,
          issuers: [ca.certificate, intermediate.certificate],
        }),
      'revoked ISSUER_REVOKED',
    ],
    [
      'below a held intermediate',
      () =>
        ask([list({ revoked: [{ ...HOLD, serial: '0c' }] }), list({}, intermediate)], {
          certificate: underIntermediate,
          issuers: [ca.certificate, intermediate.certificate],
        }),
      'held ISSUER_HELD',
    ],
    ['of the trusted certificate itself', () => ask([list()], { certificate: ca.certificate }), 'good OK'],
  ])('is read: %s', (_name, act, expected) => {
    expect(answers(act())).toBe(expected);
  });

  it('is asked of a root that signed itself with what is refused elsewhere: it is trusted as given', () => {
    const old = workplace.root('old', '/O=op3/CN=ca', {
      algorithm: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-sha1'],
    });
    const certificate = workplace.issue('under-old', 'old', { serial: `0x00${SERIAL}` });
    const issuers = [old.certificate, old.certificate];
    expect(answers(ask([list({}, old)], { certificate, issuers }))).toBe('good OK');
    const revoked = list({ revoked: [FINAL] }, old);
    expect(answers(ask([revoked], { certificate, issuers }))).toBe('revoked REVOKED');
    // Beside a root that signed itself well, it is not one.
    expect(answers(ask([list({}, old)], { certificate, issuers: [...issuers, ca.certificate] }))).toBe(
      'invalid CERTIFICATE_SIGNATURE_INVALID',
    );
  });

  it('names the delta that it comes from', () => {
    expect(ask([list(), delta({ revoked: [FINAL] })]).reason).toMatch(/by CRL 7 with delta 9$/);
    const full = list();
    expect(ask([full, full, delta({ number: 7n })]).reason).toBe('not listed in CRL 7');
  });

  it('comes from files in PEM, several issuers in one', () => {
    workplace.write('list.der', list({ revoked: [FINAL] }));
    const crl = Buffer.from(workplace.openssl('crl', '-inform', 'DER', '-in', 'list.der'));
    const issuers = [Buffer.concat([workplace.read('other.pem'), workplace.read('ca.pem')])];
    expect(answers(ask([crl], { issuers, certificate: workplace.read('leaf.pem') }))).toBe('revoked REVOKED');
    expect(answers(ask([Buffer.concat([crl, crl])]))).toBe('invalid CRL_MALFORMED');
    const two = Buffer.concat([workplace.read('leaf.pem'), workplace.read('ca.pem')]);
    expect(answers(ask([crl], { certificate: two }))).toBe('invalid CERTIFICATE_MALFORMED');
  });
});

describe('the status is unknown', () => {
  it.each<[string, () => RevocationVerdict, string]>([
    ['without a list', () => ask([]), 'CRL_MISSING'],
    [
      'with a list of another issuer that has the same serial',
      () => ask([list({ revoked: [FINAL] }, other)], { issuers: [ca.certificate, other.certificate] }),
      'CRL_MISSING',
    ],
    [
      'for a certificate of another issuer with the same serial',
      () => ask([list({ revoked: [FINAL] }, other)], { issuers: [other.certificate] }),
      'CERTIFICATE_ISSUER_MISMATCH',
    ],
    ['with a delta alone', () => ask([delta()]), 'CRL_BASE_MISSING'],
    ['with a delta on a later base', () => ask([list(), delta({ deltaBase: 8n })]), 'CRL_DELTA_MISMATCH'],
    [
      'with a delta of another scope',
      () => ask([list(), delta({ distributionPoint: SHARD })]),
      'CRL_DELTA_MISMATCH',
    ],
    [
      'with a full CRL of another scope than its delta',
      () => ask([list({ distributionPoint: SHARD }), delta()], { certificate: sharded }),
      'CRL_DELTA_MISMATCH',
    ],
    [
      'with a delta for some reasons on a base for all',
      () =>
        ask([
          list(),
          handmade({
            extensions: [
              extension(OID.deltaCrlIndicator, integer(5n), true),
              ...scopeOf(element(0x83, Buffer.of(0, 0x60))),
            ],
          }),
        ]),
      'CRL_DELTA_MISMATCH',
    ],
    [
      'with another shard',
      () => ask([list({ distributionPoint: `${SHARD}4` })], { certificate: sharded }),
      'CRL_SCOPE_MISMATCH',
    ],
    [
      'with a shard for a certificate that names none',
      () => ask([list({ distributionPoint: SHARD })]),
      'CRL_SCOPE_MISMATCH',
    ],
    [
      'with a list of CA certificates',
      () => ask([list({ onlyContains: 'caCertificates' })]),
      'CRL_SCOPE_MISMATCH',
    ],
    [
      'with a list of user certificates, for a CA',
      () => ask([list({ onlyContains: 'userCertificates' })], { certificate: intermediate.certificate }),
      'CRL_SCOPE_MISMATCH',
    ],
    [
      'with a list of attribute certificates',
      () => ask([handmade({ extensions: scopeOf(element(0x85, Buffer.of(0xff))) })]),
      'CRL_SCOPE_MISMATCH',
    ],
    [
      'with a list for some reasons',
      () => ask([handmade({ extensions: scopeOf(element(0x83, Buffer.of(0, 0x60))) })]),
      'CRL_REASONS_INCOMPLETE',
    ],
    [
      'with an indirect list',
      () => ask([handmade({ extensions: scopeOf(element(0x84, Buffer.of(0xff))) })]),
      'CRL_UNSUPPORTED',
    ],
    [
      'below an intermediate whose own list is missing',
      () =>
        ask([list({}, intermediate)], {
          certificate: underIntermediate,
          issuers: [intermediate.certificate, ca.certificate],
        }),
      'ISSUER_UNKNOWN',
    ],
    [
      'after the certificate has expired',
      () => {
        const at = parseCertificate(leaf).notAfter + 1;
        return ask([list({ thisUpdate: at - 5, nextUpdate: at + 5 })], { at });
      },
      'CERTIFICATE_EXPIRED',
    ],
  ])('%s', (_name, act, code) => {
    expect(answers(act())).toBe(`unknown ${code}`);
  });
});

describe('what was given is refused', () => {
  it.each<[string, () => RevocationVerdict, string]>([
    ['a bad signature', () => ask([broken(list())]), 'CRL_SIGNATURE_INVALID'],
    ['another CA of the same name', () => ask([list({}, twin)]), 'CRL_ISSUER_MISMATCH'],
    [
      'another CA that claims the key identifier',
      () =>
        ask([
          twin.signed(buildTbsCrl(ca.content({ thisUpdate: NOW, nextUpdate: NOW + 3_600, revoked: [] }))),
        ]),
      'CRL_SIGNATURE_INVALID',
    ],
    [
      'an issuer without cRLSign',
      () => {
        const plain = workplace.authority('plain', 'ca', {
          serial: '0x0d',
          extensions: [
            'basicConstraints=critical,CA:TRUE',
            'keyUsage=critical,keyCertSign',
            'subjectKeyIdentifier=hash',
          ],
        });
        const certificate = workplace.issue('plains', 'plain');
        return ask([list({}, plain)], { certificate, issuers: [plain.certificate] });
      },
      'CRL_ISSUER_MISMATCH',
    ],
    ['two algorithms', () => ask([handmade({ inner: OID.ecdsaWithSha384 })]), 'CRL_SIGNATURE_INVALID'],
    [
      'an unknown critical extension',
      () => ask([handmade({ extensions: [extension('551d63', integer(1n), true)] })]),
      'CRL_CRITICAL_EXTENSION',
    ],
    [
      'an unknown critical extension of an entry',
      () =>
        ask([
          handmade({
            entries: [sequence(integer(5n), time(1), sequence(extension('551d63', integer(1n), true)))],
          }),
        ]),
      'CRL_CRITICAL_EXTENSION',
    ],
    [
      'an entry of another issuer',
      () =>
        ask([
          handmade({
            entries: [
              sequence(integer(5n), time(1), sequence(extension(OID.certificateIssuer, sequence(), true))),
            ],
          }),
        ]),
      'CRL_CRITICAL_EXTENSION',
    ],
    ['a list past nextUpdate', () => ask([list()], { at: NOW + 3_601 }), 'CRL_STALE'],
    ['a list from the future', () => ask([list()], { at: NOW - 301 }), 'CRL_NOT_YET_VALID'],
    ['a list without nextUpdate', () => ask([handmade({ times: [time(NOW)] })]), 'CRL_UNSUPPORTED'],
    ['a list older than one seen', () => ask([list()], { seen: { minimumNumber: 8n } }), 'CRL_ROLLBACK'],
    [
      'another list of a number seen',
      () => ask([list()], { seen: { minimumNumber: 7n, seenDigest: '00' } }),
      'CRL_EQUIVOCATION',
    ],
    [
      'two lists of one number',
      () => ask([list(), list({ revoked: [{ serial: '05', revokedAt: 1 }] })]),
      'CRL_EQUIVOCATION',
    ],
    [
      'a stale delta with a bad signature',
      () => ask([list(), broken(delta({ nextUpdate: NOW + 5, number: 6n }))]),
      'CRL_SIGNATURE_INVALID',
    ],
    [
      'two deltas of one number',
      () => ask([list(), delta(), delta({ revoked: [{ serial: '05', revokedAt: 1 }] })]),
      'CRL_EQUIVOCATION',
    ],
    [
      'a delta that is not newer than its base',
      () => ask([list(), handmade({ extensions: [extension(OID.deltaCrlIndicator, integer(7n), true)] })]),
      'CRL_MALFORMED',
    ],
    ['a delta with a bad signature', () => ask([list(), broken(delta())]), 'CRL_SIGNATURE_INVALID'],
    ['a delta past nextUpdate', () => ask([list(), delta({ nextUpdate: NOW + 5 })]), 'CRL_STALE'],
    ['bytes after the list', () => ask([Buffer.concat([list(), Buffer.of(0)])]), 'CRL_MALFORMED'],
    ['no list', () => ask([Buffer.from('nothing')]), 'CRL_MALFORMED'],
    ['a file of 100 MB', () => ask([Buffer.alloc(100_000_000, 0x30)]), 'CRL_MALFORMED'],
    [
      'a certificate that is none',
      () => ask([list()], { certificate: Buffer.of(0x30, 0) }),
      'CERTIFICATE_MALFORMED',
    ],
    ['an issuer that is none', () => ask([list()], { issuers: [Buffer.from('x')] }), 'CERTIFICATE_MALFORMED'],
    [
      'an issuer of the same name that did not sign the certificate',
      () => ask([list({}, twin)], { issuers: [twin.certificate] }),
      'CERTIFICATE_SIGNATURE_INVALID',
    ],
    [
      'a certificate that was changed',
      () => {
        const changed = Buffer.from(leaf);
        const at = changed.indexOf(Buffer.from('00b001', 'hex'));
        changed[at + 2] = 2;
        return ask([list({ revoked: [FINAL] })], { certificate: changed });
      },
      'CERTIFICATE_SIGNATURE_INVALID',
    ],
    [
      'an intermediate that the root did not sign',
      () => {
        const forged = workplace.authority('forged', 'twin', { serial: '0x0e' });
        const certificate = workplace.issue('forgeds', 'forged');
        return ask([list(), list({}, forged)], {
          certificate,
          issuers: [forged.certificate, ca.certificate],
        });
      },
      'CERTIFICATE_SIGNATURE_INVALID',
    ],
    [
      'an intermediate that has expired',
      () => {
        const at = parseCertificate(intermediate.certificate).notAfter + 1;
        const times = { thisUpdate: at - 5, nextUpdate: at + 5 };
        return ask([list(times), list(times, intermediate)], {
          certificate: underIntermediate,
          issuers: [intermediate.certificate, ca.certificate],
          at,
        });
      },
      'ISSUER_EXPIRED',
    ],
    ['too many files', () => ask(Array.from({ length: 600 }, () => Buffer.alloc(1))), 'CRL_UNSUPPORTED'],
  ])('%s', (_name, act, code) => {
    expect(answers(act())).toBe(`invalid ${code}`);
  });

  it('whatever byte of a list is changed: it never turns a revocation into good', () => {
    const der = list({ revoked: [FINAL] });
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(der);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(ask([changed]).status).not.toBe('good');
      }),
      { numRuns: 400 },
    );
  });
});

describe('a list signed by another key of the issuer', () => {
  const signerWith = (name: string, extensions: string[]): Authority =>
    workplace.authority(name, 'ca', { serial: '0x0f', subject: '/O=op1/CN=ca', extensions });
  const USAGE = ['keyUsage=critical,cRLSign', 'subjectKeyIdentifier=hash'];

  it('is accepted if the issuer certified that key for it, and the key is not revoked', () => {
    const signer = signerWith('signer', USAGE);
    const issuers = [signer.certificate, ca.certificate];
    const own = list({ revoked: [{ serial: '0f', revokedAt: 1 }] });
    expect(answers(ask([list({ number: 8n }, signer), list()], { issuers }))).toBe('good OK');
    expect(answers(ask([list({ number: 8n, revoked: [FINAL] }, signer), list()], { issuers }))).toBe(
      'revoked REVOKED',
    );
    expect(answers(ask([list({ number: 8n }, signer)], { issuers }))).not.toContain('good');
    // The key's own list says that it is revoked: what it signed does not count.
    expect(answers(ask([list({ number: 8n, revoked: [FINAL] }, signer), own], { issuers }))).toBe('good OK');
  });

  it('is refused if its certificate does not say what it is for', () => {
    const plain = signerWith('unsaid', ['subjectKeyIdentifier=hash']);
    const issuers = [plain.certificate, ca.certificate];
    expect(answers(ask([list({}, plain)], { issuers }))).toBe('invalid CRL_ISSUER_MISMATCH');
  });

  it('is refused if the issuer did not certify it', () => {
    const crl = Buffer.from(
      assembleCrl(buildTbsCrl(ca.content()), sign('sha256', buildTbsCrl(ca.content()), other.key)),
    );
    expect(answers(ask([crl], { issuers: [ca.certificate, other.certificate] }))).toBe(
      'invalid CRL_SIGNATURE_INVALID',
    );
  });
});
