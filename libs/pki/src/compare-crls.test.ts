import * as fc from 'fast-check';
import { buildTbsCrl, type CrlContent } from './build-crl';
import { compareCrls, type CrlComparison, mayLeaveCrl } from './compare-crls';
import { type CrlList, parseTbsCrl } from './parse-crl';
import { type RevokedCertificate } from './revocation-table';
import { crlContent, THIS_UPDATE } from './testing/content';

const HOUR = 3_600;
const ENTRIES: readonly RevokedCertificate[] = [
  { serial: '01', revokedAt: 1, reason: 'keyCompromise' },
  { serial: '02', revokedAt: 2, reason: 'certificateHold' },
  { serial: '03', revokedAt: 3 },
];
const list = (change: Partial<CrlContent> = {}): CrlList =>
  parseTbsCrl(buildTbsCrl(crlContent({ revoked: ENTRIES, ...change })));
const later = (change: Partial<CrlContent> = {}): CrlList =>
  list({ number: 8n, thisUpdate: THIS_UPDATE + HOUR, nextUpdate: THIS_UPDATE + 2 * HOUR, ...change });
const facts = (change: Partial<CrlComparison> = {}): CrlComparison => ({
  notAfter: () => THIS_UPDATE + 86_400,
  ...change,
});
const codes = (previous: CrlList, next: CrlList, change: Partial<CrlComparison> = {}): string[] =>
  compareCrls(previous, next, facts(change)).map(({ code, serial }) =>
    serial === undefined ? code : `${code} ${serial}`,
  );
const without = (serial: string): RevokedCertificate[] => ENTRIES.filter((entry) => entry.serial !== serial);
const replaced = (entry: RevokedCertificate): RevokedCertificate[] => [...without(entry.serial), entry];

describe('a CRL after the one before', () => {
  it.each<[string, CrlList, CrlList, Partial<CrlComparison>]>([
    ['the same entries, renewed', list(), later(), {}],
    ['no entries at all, renewed', list({ revoked: [] }), later({ revoked: [] }), {}],
    ['one more', list(), later({ revoked: [...ENTRIES, { serial: '04', revokedAt: 4 }] }), {}],
    ['a hold lifted', list(), later({ revoked: without('02') }), {}],
    [
      'a hold made final',
      list(),
      later({ revoked: replaced({ serial: '02', revokedAt: 9, reason: 'superseded' }) }),
      {},
    ],
    [
      'an expired certificate gone',
      list(),
      later({ revoked: without('01') }),
      { notAfter: () => THIS_UPDATE - 1 },
    ],
    [
      'a delta on the same base',
      list({ deltaBase: 5n }),
      later({ deltaBase: 5n, revoked: [...ENTRIES, { serial: '04', revokedAt: 4 }] }),
      {},
    ],
    ['a delta on a later base', list({ deltaBase: 5n }), later({ deltaBase: 6n, revoked: [] }), {}],
    [
      'a delta that takes a held entry away',
      list({ deltaBase: 5n }),
      later({ deltaBase: 5n, revoked: replaced({ serial: '02', revokedAt: 2, reason: 'removeFromCRL' }) }),
      {},
    ],
    [
      'a delta that still takes it away',
      list({ deltaBase: 5n, revoked: replaced({ serial: '02', revokedAt: 2, reason: 'removeFromCRL' }) }),
      later({ deltaBase: 5n, revoked: replaced({ serial: '02', revokedAt: 2, reason: 'removeFromCRL' }) }),
      {},
    ],
  ])('is published with %s', (_name, previous, next, change) => {
    expect(codes(previous, next, change)).toEqual([]);
  });

  const URI = 'http://127.0.0.1/crl/3';
  it.each<[string, CrlList, CrlList, Partial<CrlComparison>]>([
    ['number-not-greater', list(), later({ number: 7n }), {}],
    ['number-not-greater', list(), later({ number: 6n }), {}],
    ['this-update-went-back', list(), later({ thisUpdate: THIS_UPDATE - 1 }), {}],
    ['issuer-differs', list(), later({ issuer: Buffer.of(0x30, 0) }), {}],
    ['key-differs', list(), later({ authorityKeyIdentifier: Buffer.alloc(20, 1) }), {}],
    ['scope-differs', list(), later({ distributionPoint: URI }), {}],
    ['scope-differs', list({ distributionPoint: URI }), later({ distributionPoint: `${URI}1` }), {}],
    [
      'scope-differs',
      list({ onlyContains: 'userCertificates' }),
      later({ onlyContains: 'caCertificates' }),
      {},
    ],
    ['kind-differs', list(), later({ deltaBase: 7n }), {}],
    ['base-went-back', list({ deltaBase: 5n }), later({ deltaBase: 4n }), {}],
    ['entry-vanished 01', list(), later({ revoked: without('01') }), {}],
    ['entry-vanished 03', list(), later({ revoked: without('03') }), { notAfter: () => undefined }],
    // It expired after the list before was issued: it has not yet appeared on a list issued beyond its validity.
    ['entry-vanished 01', list(), later({ revoked: without('01') }), { notAfter: () => THIS_UPDATE }],
    ['entry-vanished 02', list(), later({ revoked: without('02') }), { isLifted: () => false }],
    [
      'entry-vanished 01',
      list({ deltaBase: 5n }),
      later({ deltaBase: 5n, revoked: replaced({ serial: '01', revokedAt: 1, reason: 'removeFromCRL' }) }),
      {},
    ],
    [
      'reason-changed 01',
      list(),
      later({ revoked: replaced({ serial: '01', revokedAt: 1, reason: 'certificateHold' }) }),
      {},
    ],
    ['reason-changed 01', list(), later({ revoked: replaced({ serial: '01', revokedAt: 1 }) }), {}],
    ['date-changed 03', list(), later({ revoked: replaced({ serial: '03', revokedAt: 4 }) }), {}],
  ])('is not published: %s', (code, previous, next, change) => {
    expect(codes(previous, next, change)).toEqual([code]);
  });

  it('may lose nothing but what expired, whatever is lost', () => {
    const entries = fc.uniqueArray(fc.integer({ min: 1, max: 5000 }), {
      minLength: 1,
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(entries, fc.nat(), fc.boolean(), (numbers, pick, expired) => {
        const revoked = numbers.map((n) => ({ serial: n.toString(16), revokedAt: n }));
        const lost = pick % revoked.length;
        const next = later({ revoked: revoked.filter((_, index) => index !== lost) });
        const notAfter = expired ? THIS_UPDATE - 1 : THIS_UPDATE;
        expect(codes(list({ revoked }), next, { notAfter: () => notAfter })).toHaveLength(expired ? 0 : 1);
      }),
      { numRuns: 60 },
    );
  });

  it('shows a certificate that was revoked and expired in between once', () => {
    // Revoked and expired between two lists: the first list after it shows it, the second may drop it.
    const notAfter = THIS_UPDATE + 100;
    expect(mayLeaveCrl(notAfter, THIS_UPDATE)).toBe(false);
    expect(mayLeaveCrl(notAfter, THIS_UPDATE + HOUR)).toBe(true);
  });

  it('is compared in bounded output', () => {
    const revoked = Array.from({ length: 500 }, (_, i) => ({ serial: (i + 1).toString(16), revokedAt: 1 }));
    expect(codes(list({ revoked }), later({ revoked: [] }))).toHaveLength(100);
  });
});
