import { buildTbsCrl, type CrlContent } from './build-crl';
import { element, extension, integer, oid, sequence, time } from './der-writer';
import { lintCrl, type CrlLintPolicy } from './lint-crl';
import { OID } from './oid';
import { crlContent, ISSUER, KEY_ID, NEXT_UPDATE, THIS_UPDATE } from './testing/content';

const SHARD = 'http://127.0.0.1/crl/3';

const policy = (change: Partial<CrlLintPolicy> = {}): CrlLintPolicy => ({
  at: THIS_UPDATE + 5,
  maxValidity: 86_400,
  maxBackdate: 3_600,
  issuer: ISSUER,
  authorityKeyIdentifier: KEY_ID,
  ...change,
});
const codes = (tbs: Uint8Array, change: Partial<CrlLintPolicy> = {}): string[] =>
  lintCrl(tbs, policy(change)).map(({ code }) => code);

describe('a CRL about to be signed', () => {
  it.each<[string, Partial<CrlContent>, Partial<CrlLintPolicy>]>([
    ['full', {}, {}],
    ['without entries', { revoked: [] }, {}],
    ['a shard', { distributionPoint: SHARD, freshestCrl: `${SHARD}/delta` }, { distributionPoint: SHARD }],
    [
      'a delta of a shard of user certificates',
      { distributionPoint: SHARD, onlyContains: 'userCertificates', deltaBase: 3n },
      { distributionPoint: SHARD, onlyContains: 'userCertificates' },
    ],
    [
      'a delta that takes an entry away',
      { deltaBase: 3n, revoked: [{ serial: '01', revokedAt: 1, reason: 'removeFromCRL' }] },
      {},
    ],
  ])('passes: %s', (_name, content, change) => {
    expect(codes(buildTbsCrl(crlContent(content)), change)).toEqual([]);
  });

  it('passes across the change of centuries in times', () => {
    const boundary = Date.UTC(2050, 0, 1) / 1000;
    const revoked = [
      { serial: '01', revokedAt: boundary - 1 },
      { serial: '02', revokedAt: boundary, invalidityDate: boundary - 1 },
    ];
    const tbs = buildTbsCrl(crlContent({ thisUpdate: boundary, nextUpdate: boundary + 60, revoked }));
    expect(codes(tbs, { at: boundary })).toEqual([]);
  });

  it.each<[string, Partial<CrlContent>, Partial<CrlLintPolicy>]>([
    ['this-update-ahead', {}, { at: THIS_UPDATE - 301 }],
    ['this-update-too-old', {}, { at: THIS_UPDATE + 3_601 }],
    ['validity-too-long', { nextUpdate: NEXT_UPDATE + 1 }, {}],
    ['issuer-mismatch', {}, { issuer: sequence() }],
    ['key-identifier-mismatch', {}, { authorityKeyIdentifier: Buffer.alloc(20) }],
    ['key-identifier-missing', { authorityKeyIdentifier: Buffer.alloc(0) }, {}],
    ['scope-mismatch', { distributionPoint: SHARD }, {}],
    ['scope-mismatch', {}, { distributionPoint: SHARD }],
    ['scope-mismatch', { distributionPoint: SHARD }, { distributionPoint: `${SHARD}1` }],
    ['scope-mismatch', { distributionPoint: `http://e/${SHARD}` }, { distributionPoint: SHARD }],
    [
      'scope-mismatch',
      { distributionPoint: SHARD, onlyContains: 'caCertificates' },
      { distributionPoint: SHARD },
    ],
  ])('is refused: %s', (code, content, change) => {
    expect(codes(buildTbsCrl(crlContent(content)), change)).toEqual([code]);
  });

  const AKI = extension(OID.authorityKeyIdentifier, sequence(element(0x80, KEY_ID)));
  const NUMBER = extension(OID.crlNumber, integer(7n));
  const entry = (serial: bigint, date: Buffer, ...extensions: Buffer[]): Buffer =>
    sequence(integer(serial), date, ...(extensions.length === 0 ? [] : [sequence(...extensions)]));
  const generalized = (text: string): Buffer => element(0x18, Buffer.from(text));
  /** A list put together by hand, to break what the encoder can't break. */
  const handmade = (parts: {
    entries?: Buffer[];
    extensions?: Buffer[];
    times?: Buffer[];
    algorithm?: string;
  }): Buffer =>
    sequence(
      integer(1n),
      sequence(oid(parts.algorithm ?? OID.ecdsaWithSha256)),
      ISSUER,
      ...(parts.times ?? [time(THIS_UPDATE), time(NEXT_UPDATE)]),
      ...(parts.entries === undefined ? [] : [sequence(...parts.entries)]),
      element(0xa0, sequence(...(parts.extensions ?? [AKI, NUMBER]))),
    );

  it.each<[string, Parameters<typeof handmade>[0]]>([
    ['algorithm-unsupported', { algorithm: OID.rsaWithSha256 }],
    ['next-update-missing', { times: [time(THIS_UPDATE)] }],
    ['validity-empty', { times: [time(THIS_UPDATE), time(THIS_UPDATE)] }],
    ['time-form', { times: [time(THIS_UPDATE), generalized('20260922141320Z')] }],
    ['time-form', { entries: [entry(1n, generalized('20200101000000Z'))] }],
    ['number-missing', { extensions: [AKI] }],
    ['key-identifier-missing', { extensions: [NUMBER] }],
    ['criticality', { extensions: [AKI, extension(OID.crlNumber, integer(7n), true)] }],
    ['criticality', { extensions: [AKI, NUMBER, extension(OID.deltaCrlIndicator, integer(3n))] }],
    ['extension-unknown', { extensions: [AKI, NUMBER, extension('551d63', integer(3n))] }],
    ['extension-unknown', { entries: [entry(1n, time(1), extension('551d63', integer(3n), true))] }],
    [
      'extension-unknown',
      { entries: [entry(1n, time(1), extension(OID.certificateIssuer, sequence(), true))] },
    ],
    [
      'delta-base-not-lower',
      { extensions: [AKI, NUMBER, extension(OID.deltaCrlIndicator, integer(7n), true)] },
    ],
    [
      'freshest-in-delta',
      {
        extensions: [
          AKI,
          NUMBER,
          extension(OID.deltaCrlIndicator, integer(3n), true),
          extension(OID.freshestCrl, sequence()),
        ],
      },
    ],
    ['scope-empty', { extensions: [AKI, NUMBER, extension(OID.issuingDistributionPoint, sequence(), true)] }],
    ['entries-not-ascending', { entries: [entry(2n, time(1)), entry(1n, time(1))] }],
    ['entries-not-ascending', { entries: [entry(0x100n, time(1)), entry(0xffn, time(1))] }],
    ['entry-after-this-update', { entries: [entry(1n, time(THIS_UPDATE + 1))] }],
    [
      'entry-removed-outside-delta',
      { entries: [entry(1n, time(1), extension(OID.reasonCode, element(0x0a, Buffer.of(8))))] },
    ],
    ['malformed', { entries: [] }],
    ['malformed', { entries: [entry(1n, time(1)), entry(1n, time(1))] }],
    [
      'reason-unspecified',
      { entries: [entry(1n, time(1), extension(OID.reasonCode, element(0x0a, Buffer.of(0))))] },
    ],
    ['malformed', { entries: [entry(1n, time(1), extension(OID.reasonCode, element(0x0a, Buffer.of(7))))] }],
    ['malformed', { entries: [entry(1n, time(1), extension(OID.invalidityDate, time(1)))] }],
    ['malformed', { extensions: [AKI, NUMBER, NUMBER] }],
  ])('is refused when the encoder were wrong: %s', (code, parts) => {
    expect(codes(handmade(parts))).toEqual([code]);
  });

  it('is refused when it is no list at all', () => {
    expect(codes(Buffer.from('nothing'))).toEqual(['malformed']);
    expect(codes(Buffer.concat([buildTbsCrl(crlContent()), Buffer.of(0)]))).toEqual(['malformed']);
  });

  it('is refused with a bounded number of findings', () => {
    const entries = Array.from({ length: 500 }, (_, i) => entry(BigInt(i + 1), time(THIS_UPDATE + 1)));
    expect(codes(handmade({ entries }))).toHaveLength(100);
  });
});
