import { sign } from 'node:crypto';
import {
  assembleOcspResponse,
  buildOcspResponseData,
  type CrlContent,
  type EntryReason,
  ocspCertificateId,
  type OcspCertificateStatus,
  parseCertificate,
} from '@maker-registry/pki';
import { type Authority, OpensslCa } from '@maker-registry/pki/testing';
import { pkilint, WEB_RULES, zlint } from './tools';

// Each run of pkilint is a Python process.
jest.setTimeout(120_000);

const NOW = Math.floor(Date.now() / 1000) - 60;
const BOUNDARY = Date.UTC(2050, 0, 1) / 1000;
const SHARD = 'http://crl.example.com/crl/3';
const REASONS: readonly EntryReason[] = [
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
];
const REVOKED = REASONS.map((reason, index) => ({
  serial: `0a${index}b`,
  revokedAt: NOW - index,
  reason,
  ...(index % 2 === 0 ? { invalidityDate: NOW - 9_000 } : {}),
}));
const WITHOUT_HOLD = REVOKED.filter(({ reason }) => reason !== 'certificateHold');

let workplace: OpensslCa;
let ca: Authority;

beforeAll(() => {
  workplace = new OpensslCa();
  ca = workplace.root('ca', '/C=CH/O=op1/CN=ca');
});
afterAll(() => {
  workplace.remove();
});

/** pkilint's kinds: CRL for end entities, ARL for CAs. */
const KINDS: readonly [string, 'CRL' | 'ARL', Partial<CrlContent>][] = [
  ['without a hold', 'CRL', { revoked: WITHOUT_HOLD }],
  ['a shard without a hold', 'CRL', { distributionPoint: SHARD, revoked: WITHOUT_HOLD }],
  ['full with reasons and invalidity dates', 'CRL', { revoked: REVOKED }],
  ['full with deltas elsewhere', 'CRL', { revoked: REVOKED, freshestCrl: `${SHARD}/delta` }],
  ['empty', 'CRL', { revoked: [] }],
  ['a shard', 'CRL', { distributionPoint: SHARD, revoked: REVOKED }],
  [
    'a shard of user certificates',
    'CRL',
    { distributionPoint: SHARD, onlyContains: 'userCertificates', revoked: REVOKED },
  ],
  ['an empty shard', 'CRL', { distributionPoint: SHARD, revoked: [] }],
  [
    'of CA certificates',
    'ARL',
    { onlyContains: 'caCertificates', revoked: [{ serial: '05', revokedAt: NOW, reason: 'cACompromise' }] },
  ],
  [
    'a delta that takes an entry away',
    'CRL',
    { deltaBase: 6n, revoked: [...REVOKED, { serial: '77', revokedAt: NOW, reason: 'removeFromCRL' }] },
  ],
  ['an empty delta', 'CRL', { deltaBase: 6n, revoked: [] }],
  ['a delta of a shard', 'CRL', { deltaBase: 6n, distributionPoint: SHARD, revoked: REVOKED }],
  [
    'at the change to GeneralizedTime',
    'CRL',
    {
      thisUpdate: BOUNDARY,
      nextUpdate: BOUNDARY + 3_600,
      revoked: [
        { serial: '01', revokedAt: BOUNDARY - 1 },
        { serial: '80', revokedAt: BOUNDARY, invalidityDate: BOUNDARY - 1 },
      ],
    },
  ],
  ['until the last second of UTCTime', 'CRL', { nextUpdate: BOUNDARY - 1, revoked: REVOKED }],
  [
    'with the longest serials and number',
    'CRL',
    { number: (1n << 159n) - 1n, revoked: [{ serial: `7f${'ff'.repeat(19)}`, revokedAt: NOW }] },
  ],
];

/** File of a kind. */
const file = (name: string): string => {
  const path = `${name.replaceAll(' ', '-')}.der`;
  return workplace.path(path);
};

describe('a CRL of ours', () => {
  beforeAll(() => {
    for (const [name, , content] of KINDS) {
      const crl = ca.crl({ thisUpdate: NOW, nextUpdate: NOW + 86_400, ...content });
      workplace.write(`${name.replaceAll(' ', '-')}.der`, crl);
    }
  });

  it.each(KINDS)('has no finding of pkilint: %s', async (name, kind) => {
    expect(await pkilint('lint_crl', '-t', kind, '-p', 'PKIX', file(name))).toEqual([]);
  });

  it.each(KINDS)('has no finding of zlint: %s', async (name) => {
    const { findings, passed } = await zlint(file(name), [WEB_RULES]);
    expect(findings).toEqual([]);
    expect(passed).toBeGreaterThanOrEqual(4);
  });

  it.each(['without a hold', 'a shard without a hold', 'empty', 'an empty shard'])(
    'has no finding of zlint by the rules of the web either: %s',
    async (name) => {
      const { findings, passed } = await zlint(file(name));
      expect(findings).toEqual([]);
      expect(passed).toBeGreaterThanOrEqual(6);
    },
  );

  it.each(KINDS)('is verified by openssl: %s', (name) => {
    const output = workplace.openssl(
      ...['crl', '-inform', 'DER', '-in', file(name), '-CAfile', 'ca.pem', '-noout', '-verify', '-text'],
    );
    expect(output).toContain('CRL Number');
  });
});

describe('the linters', () => {
  it('do find what is wrong', async () => {
    workplace.write('number', '');
    workplace.write('index.txt', '');
    workplace.write(
      'bare.cnf',
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=1\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid:always\n',
    );
    workplace.openssl(
      'ca',
      '-gencrl',
      '-config',
      'bare.cnf',
      '-cert',
      'ca.pem',
      '-keyfile',
      'ca.key',
      '-out',
      'bare.pem',
    );
    workplace.openssl('crl', '-in', 'bare.pem', '-outform', 'DER', '-out', 'bare.der');
    const found = await pkilint('lint_crl', '-t', 'CRL', '-p', 'PKIX', workplace.path('bare.der'));
    expect(found.map(({ lint }) => lint)).toContain('pkix.crl_number_missing');
    const { findings } = await zlint(workplace.path('bare.der'));
    expect(findings.map(({ lint }) => lint)).toContain('e_crl_missing_crl_number');
  });
});

describe('an OCSP response of ours', () => {
  const STATUSES: readonly [string, OcspCertificateStatus][] = [
    ['good', { status: 'good' }],
    ['unknown', { status: 'unknown' }],
    ['revoked', { status: 'revoked', revokedAt: NOW - 9, reason: 'keyCompromise' }],
  ];
  it.each(STATUSES)('has no finding of pkilint: %s', async (name, status) => {
    const issuer = parseCertificate(ca.certificate);
    const responder = workplace.authority('responder', 'ca', {
      extensions: [
        'extendedKeyUsage=OCSPSigning',
        'noCheck=ignored',
        'subjectKeyIdentifier=hash',
        'keyUsage=critical,digitalSignature',
      ],
    });
    const data = buildOcspResponseData({
      responder: parseCertificate(responder.certificate),
      producedAt: NOW,
      answers: [
        {
          certificate: ocspCertificateId(issuer, 'b001', 'sha1'),
          status,
          thisUpdate: NOW,
          nextUpdate: NOW + 3_600,
        },
      ],
      nonce: Buffer.alloc(32, 7),
    });
    const response = assembleOcspResponse(data, sign('sha256', data, responder.key), [responder.certificate]);
    workplace.write(`${name}.ocsp`, response);
    expect(await pkilint('lint_ocsp_response', workplace.path(`${name}.ocsp`))).toEqual([]);
  });
});
