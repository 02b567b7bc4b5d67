import { sign } from 'node:crypto';
import * as fc from 'fast-check';
import { type CertificateFields, parseCertificate } from './certificate';
import { element, extension, generalizedTime, integer, oid, sequence } from './der-writer';
import { isIssuedBy, ocspCertificateId, type OcspHash, writeCertificateId } from './ocsp-certificate-id';
import { buildOcspRequest, parseOcspRequest } from './ocsp-request';
import {
  assembleOcspResponse,
  buildOcspResponseData,
  type OcspAnswer,
  type OcspCertificateStatus,
  ocspError,
  type OcspResponseContent,
} from './ocsp-response';
import { OID } from './oid';
import { parseOcspResponse } from './parse-ocsp-response';
import { PkiFormatError } from './pki-format-error';
import { type Authority } from './testing/authority';
import { OpensslCa } from './testing/openssl-ca';
import { type OcspQuestion, type OcspVerdict, verifyOcspResponse } from './verify-ocsp-response';

jest.setTimeout(30_000);

// OpenSSL compares with its own clock.
const NOW = Math.floor(Date.now() / 1000) - 60;
/** After every certificate of this test was made. */
const LATER = NOW + 600;
const NONCE = Buffer.alloc(32, 7);
const PURPOSE = ['extendedKeyUsage=OCSPSigning', 'noCheck=ignored', 'subjectKeyIdentifier=hash'];

let workplace: OpensslCa;
let ca: Authority;
let issuer: CertificateFields;
let other: Authority;
let responder: Authority;
let leaf: Buffer;

beforeAll(() => {
  workplace = new OpensslCa();
  ca = workplace.root('ca', '/O=op1/CN=ca');
  other = workplace.root('other', '/O=op2/CN=ca');
  issuer = parseCertificate(ca.certificate);
  leaf = workplace.issue('leaf', 'ca', { serial: '0x00b001' });
  responder = workplace.authority('responder', 'ca', { serial: '0x0c', extensions: PURPOSE });
});
afterAll(() => {
  workplace.remove();
});

const answerTo = (change: Partial<OcspAnswer> = {}, hash: OcspHash = 'sha256'): OcspAnswer => ({
  certificate: ocspCertificateId(issuer, 'b001', hash),
  status: { status: 'good' },
  thisUpdate: NOW,
  nextUpdate: NOW + 3600,
  ...change,
});

function respond(
  change: Partial<OcspResponseContent> = {},
  by = responder,
  attached = [by.certificate],
): Buffer {
  const data = buildOcspResponseData({
    responder: parseCertificate(by.certificate),
    producedAt: NOW + 1,
    answers: [answerTo()],
    ...change,
  });
  return assembleOcspResponse(data, sign('sha256', data, by.key), attached);
}

const check = (response: Uint8Array, change: Partial<OcspQuestion> = {}): OcspVerdict =>
  verifyOcspResponse({
    response,
    issuerCertificate: ca.certificate,
    certificate: leaf,
    at: LATER,
    ...change,
  });

describe('an OCSP request', () => {
  it.each([[[]], [['-sha256']], [['-no_nonce']]])('of openssl %s is read', (options) => {
    workplace.openssl(
      ...['ocsp', ...options.filter((one) => one !== '-no_nonce'), '-issuer', 'ca.pem', '-cert', 'leaf.pem'],
      ...['-reqout', 'req.der', ...options.filter((one) => one === '-no_nonce')],
    );
    const request = parseOcspRequest(workplace.read('req.der'));
    expect(request.certificates).toHaveLength(1);
    const [id] = request.certificates;
    expect(id?.serial).toBe('b001');
    expect(id !== undefined && isIssuedBy(id, issuer)).toBe(true);
    expect(id !== undefined && isIssuedBy(id, parseCertificate(other.certificate))).toBe(false);
    expect(request.nonce === undefined).toBe(options.includes('-no_nonce'));
  });

  it('of ours comes back as it was written, and openssl reads it', () => {
    const certificates = (['sha1', 'sha256', 'sha384', 'sha512'] as const).map((hash) =>
      ocspCertificateId(issuer, 'b001', hash),
    );
    const der = buildOcspRequest({ certificates, nonce: NONCE });
    expect(parseOcspRequest(der)).toEqual({ certificates, nonce: NONCE });
    workplace.write('ours.der', der);
    expect(workplace.openssl('ocsp', '-reqin', 'ours.der', '-req_text')).toContain('Serial Number: B001');
  });

  const id = (): Buffer => writeCertificateId(ocspCertificateId(issuer, 'b001', 'sha256'));
  const request = (list: Buffer, ...rest: Buffer[]): Buffer => sequence(sequence(list, ...rest));
  const nonceOf = (length: number): Buffer =>
    element(0xa2, sequence(extension(OID.ocspNonce, element(4, Buffer.alloc(length)))));

  it.each([1, 32, 128])('may have a nonce of %s octets', (length) => {
    expect(parseOcspRequest(request(sequence(sequence(id())), nonceOf(length))).nonce).toHaveLength(length);
  });

  it.each<[string, () => Buffer]>([
    ['nothing asked', () => request(sequence())],
    ['too much asked', () => request(sequence(...Array.from({ length: 33 }, () => sequence(id()))))],
    ['an empty nonce', () => request(sequence(sequence(id())), nonceOf(0))],
    ['a nonce of 129 octets', () => request(sequence(sequence(id())), nonceOf(129))],
    [
      'a nonce that is no octet string',
      () => request(sequence(sequence(id())), element(0xa2, sequence(extension(OID.ocspNonce, NONCE)))),
    ],
    [
      'an unknown critical extension',
      () =>
        request(sequence(sequence(id())), element(0xa2, sequence(extension('551d63', integer(1n), true)))),
    ],
    [
      'an unknown critical extension of one request',
      () =>
        request(sequence(sequence(id(), element(0xa0, sequence(extension('551d63', integer(1n), true)))))),
    ],
    [
      'an unknown hash',
      () => request(sequence(sequence(sequence(sequence(oid('550504')), NONCE, NONCE, integer(1n))))),
    ],
    [
      'a hash of another length',
      () =>
        request(
          sequence(
            sequence(sequence(sequence(oid(OID.sha1)), element(4, NONCE), element(4, NONCE), integer(1n))),
          ),
        ),
    ],
    [
      'a written default version',
      () => sequence(sequence(element(0xa0, integer(0n)), sequence(sequence(id())))),
    ],
    ['bytes after it', () => Buffer.concat([request(sequence(sequence(id()))), Buffer.of(0)])],
    ['16 KiB', () => Buffer.alloc(16 * 1024 + 1)],
    ['no bytes', () => Buffer.alloc(0)],
  ])('is refused with %s', (_name, make) => {
    expect(() => parseOcspRequest(make())).toThrow(PkiFormatError);
  });

  it('fails only as malformed', () => {
    const der = buildOcspRequest({ certificates: [ocspCertificateId(issuer, 'b001', 'sha1')], nonce: NONCE });
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.nat(255), fc.nat(der.length), (at, value, end) => {
        const changed = Buffer.from(der.subarray(0, end));
        if (at < end) changed[at] = value;
        try {
          parseOcspRequest(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(PkiFormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('an OCSP response of ours', () => {
  const statuses: [string, OcspCertificateStatus, string, RegExp][] = [
    ['good', { status: 'good' }, 'good', /leaf.pem: good/],
    ['unknown', { status: 'unknown' }, 'unknown', /leaf.pem: unknown/],
    [
      'revoked',
      { status: 'revoked', revokedAt: NOW - 9, reason: 'keyCompromise' },
      'revoked',
      /leaf.pem: revoked[^]*Reason: keyCompromise/,
    ],
    ['revoked without a reason', { status: 'revoked', revokedAt: NOW - 9 }, 'revoked', /leaf.pem: revoked/],
    [
      'held',
      { status: 'revoked', revokedAt: NOW - 9, reason: 'certificateHold' },
      'held',
      /leaf.pem: revoked[^]*Reason: certificateHold/,
    ],
  ];
  it.each(statuses)('says %s, and openssl and we agree', (_name, status, verdict, text) => {
    for (const byName of [false, true]) {
      const response = respond({ answers: [answerTo({ status }, 'sha1')], nonce: NONCE, byName });
      expect(check(response, { nonce: NONCE }).status).toBe(verdict);
      workplace.write('resp.der', response);
      const output = workplace.openssl(
        ...[
          'ocsp',
          '-respin',
          'resp.der',
          '-issuer',
          'ca.pem',
          '-cert',
          'leaf.pem',
          '-CAfile',
          'ca.pem',
          '-no_nonce',
        ],
      );
      expect(output).toMatch(text);
    }
  });

  it('may be signed by the issuer itself', () => {
    expect(check(respond({}, ca, []))).toEqual({
      status: 'good',
      code: 'OK',
      reason: expect.any(String) as string,
    });
  });

  it('comes back as it was written', () => {
    const answers = [answerTo(), answerTo({ certificate: ocspCertificateId(issuer, 'ff', 'sha1') })];
    const read = parseOcspResponse(respond({ answers, nonce: NONCE }));
    expect(read).toMatchObject({ answers, nonce: NONCE, producedAt: NOW + 1 });
  });

  it.each<[string, () => OcspVerdict, string]>([
    ['by another CA', () => check(respond({}, other)), 'OCSP_RESPONDER_UNAUTHORIZED'],
    [
      'by a certificate of the issuer without the purpose',
      () =>
        check(respond({}, workplace.authority('plain', 'ca', { extensions: ['subjectKeyIdentifier=hash'] }))),
      'OCSP_RESPONDER_UNAUTHORIZED',
    ],
    [
      'by a responder that would need a check itself',
      () => check(respond({}, workplace.authority('checked', 'ca', { extensions: PURPOSE.slice(0, 1) }))),
      'OCSP_RESPONDER_UNAUTHORIZED',
    ],
    [
      'by a responder of another CA with the same name',
      () => {
        workplace.root('twin', '/O=op1/CN=ca');
        return check(respond({}, workplace.authority('twins', 'twin', { extensions: PURPOSE })));
      },
      'OCSP_RESPONDER_UNAUTHORIZED',
    ],
    [
      'by a responder whose certificate has expired',
      () => check(respond(), { at: parseCertificate(responder.certificate).notAfter + 1 }),
      'OCSP_RESPONDER_UNAUTHORIZED',
    ],
    [
      'by a responder that is not sent along',
      () => check(respond({}, responder, [])),
      'OCSP_RESPONDER_UNAUTHORIZED',
    ],
    [
      'in the name of the responder by another key',
      () => {
        const named = { ...ca, certificate: responder.certificate };
        return check(respond({}, named));
      },
      'OCSP_SIGNATURE_INVALID',
    ],
    ['without our nonce', () => check(respond(), { nonce: NONCE }), 'OCSP_NONCE_MISMATCH'],
    [
      'with another nonce',
      () => check(respond({ nonce: Buffer.alloc(32, 8) }), { nonce: NONCE }),
      'OCSP_NONCE_MISMATCH',
    ],
    [
      'with the beginning of our nonce',
      () => check(respond({ nonce: NONCE.subarray(0, 16) }), { nonce: NONCE }),
      'OCSP_NONCE_MISMATCH',
    ],
    ['past nextUpdate', () => check(respond(), { at: NOW + 3601 }), 'OCSP_STALE'],
    ['from the future', () => check(respond({}, ca, []), { at: NOW - 301 }), 'OCSP_NOT_YET_VALID'],
    ['that is an error', () => check(ocspError('tryLater')), 'OCSP_MALFORMED'],
    ['that is no response', () => check(Buffer.from('no')), 'OCSP_MALFORMED'],
    ['with bytes after it', () => check(Buffer.concat([respond(), Buffer.of(0)])), 'OCSP_MALFORMED'],
    ['of 256 KiB', () => check(Buffer.alloc(256 * 1024 + 1)), 'OCSP_MALFORMED'],
    [
      'for a certificate of another CA with the same serial number',
      () => check(respond(), { certificate: workplace.issue('foreign', 'other', { serial: '0x00b001' }) }),
      'CERTIFICATE_ISSUER_MISMATCH',
    ],
    [
      'for a certificate that is none',
      () => check(respond(), { certificate: Buffer.of(0x30, 0) }),
      'CERTIFICATE_MALFORMED',
    ],
  ])('is refused: %s', (_name, act, code) => {
    expect(act()).toMatchObject({ status: 'invalid', code });
  });

  it('about another certificate says nothing', () => {
    const wrongSerial = answerTo({ certificate: ocspCertificateId(issuer, 'b002', 'sha256') });
    const otherIssuer = answerTo({
      certificate: ocspCertificateId(parseCertificate(other.certificate), 'b001', 'sha256'),
    });
    for (const answer of [wrongSerial, otherIssuer]) {
      expect(check(respond({ answers: [answer] }))).toMatchObject({
        status: 'unknown',
        code: 'OCSP_NOT_ANSWERED',
      });
    }
  });

  it.each<[string, () => Buffer]>([
    ['no answer', () => respond({ answers: [] })],
    ['an empty validity', () => respond({ answers: [answerTo({ nextUpdate: NOW })] })],
    ['knowledge from the future', () => respond({ answers: [answerTo({ thisUpdate: NOW + 2 })] })],
    ['an empty nonce', () => respond({ nonce: Buffer.alloc(0) })],
    ['a nonce of 129 octets', () => respond({ nonce: Buffer.alloc(129) })],
  ])('is not built with %s', (_name, make) => {
    expect(make).toThrow(PkiFormatError);
  });

  it('is refused with any byte changed', () => {
    const response = respond({ nonce: NONCE });
    const good = check(response, { nonce: NONCE });
    fc.assert(
      fc.property(fc.nat(response.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(response);
        changed[at] = (changed[at] ?? 0) ^ flip;
        const verdict = check(changed, { nonce: NONCE });
        // Fields of the attached certificate that nobody reads are covered by its signature, too.
        expect(verdict.status).toBe('invalid');
      }),
      { numRuns: 400 },
    );
    expect(good.status).toBe('good');
  });

  it('is refused with a critical extension that is not understood', () => {
    const single = sequence(
      writeCertificateId(ocspCertificateId(issuer, 'b001', 'sha256')),
      element(0x80),
      generalizedTime(NOW),
      element(0xa0, generalizedTime(NOW + 3600)),
      element(0xa1, sequence(extension('551d63', integer(1n), true))),
    );
    const keyHash = element(0xa2, element(4, Buffer.alloc(20)));
    const data = sequence(keyHash, generalizedTime(NOW), sequence(single));
    expect(check(assembleOcspResponse(data, sign('sha256', data, ca.key)))).toMatchObject({
      code: 'OCSP_MALFORMED',
      reason: expect.stringContaining('critical') as string,
    });
  });
});

describe('an OCSP response of openssl', () => {
  it('is understood', () => {
    const expiry = '360101000000Z';
    workplace.write(
      'index.txt',
      `R\t${expiry}\t250101000000Z,superseded\tB001\tunknown\t/CN=leaf\nV\t${expiry}\t\tB002\tunknown\t/CN=leaf\n`,
    );
    workplace.openssl(
      ...[
        'ocsp',
        '-index',
        'index.txt',
        '-rsigner',
        'responder.pem',
        '-rkey',
        'responder.key',
        '-CA',
        'ca.pem',
      ],
      ...['-issuer', 'ca.pem', '-cert', 'leaf.pem', '-respout', 'theirs.der', '-ndays', '1', '-no_nonce'],
    );
    expect(check(workplace.read('theirs.der'), { at: LATER })).toEqual({
      status: 'revoked',
      code: 'REVOKED',
      reason: 'superseded since 2025-01-01T00:00:00.000Z',
    });
  });
});
