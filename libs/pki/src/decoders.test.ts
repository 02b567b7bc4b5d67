import { sign } from 'node:crypto';
import { buildTbsCrl } from './build-crl';
import { parseCertificate } from './certificate';
import { checkRevocation } from './check-revocation';
import { element, integer, sequence, time } from './der-writer';
import { lintCrl } from './lint-crl';
import { ocspCertificateId } from './ocsp-certificate-id';
import { buildOcspRequest, parseOcspRequest } from './ocsp-request';
import { assembleOcspResponse, buildOcspResponseData } from './ocsp-response';
import { crlBytes, parseCrl } from './parse-crl';
import { parseOcspResponse } from './parse-ocsp-response';
import { PkiFormatError } from './pki-format-error';
import { type Authority } from './testing/authority';
import { ISSUER, KEY_ID, NEXT_UPDATE, THIS_UPDATE } from './testing/content';
import { mutated, seeded } from './testing/mutations';
import { OpensslCa } from './testing/openssl-ca';
import { verifyOcspResponse } from './verify-ocsp-response';

jest.setTimeout(120_000);

const INPUTS = 20_000;
/** Each of these takes a signature check. */
const VERIFIED_INPUTS = 4_000;
const MB = 1024 * 1024;
let workplace: OpensslCa;
let ca: Authority;
let leaf: Buffer;
let crl: Buffer;
let response: Buffer;
let request: Buffer;

beforeAll(() => {
  workplace = new OpensslCa();
  ca = workplace.root('ca', '/O=op1/CN=ca');
  leaf = workplace.issue('leaf', 'ca', {
    extensions: ['crlDistributionPoints=URI:http://h/3', 'extendedKeyUsage=OCSPSigning', 'noCheck=ignored'],
  });
  crl = ca.crl({
    distributionPoint: 'http://h/3',
    onlyContains: 'userCertificates',
    freshestCrl: 'http://h/d',
  });
  const certificates = [ocspCertificateId(parseCertificate(ca.certificate), '1001', 'sha256')];
  const [certificate] = certificates;
  const data = buildOcspResponseData({
    responder: parseCertificate(ca.certificate),
    producedAt: THIS_UPDATE,
    answers: [
      {
        certificate: certificate ?? ocspCertificateId(parseCertificate(ca.certificate), '1001', 'sha1'),
        status: { status: 'revoked', revokedAt: THIS_UPDATE, reason: 'superseded' },
        thisUpdate: THIS_UPDATE,
        nextUpdate: NEXT_UPDATE,
      },
    ],
    nonce: Buffer.alloc(32, 7),
  });
  response = assembleOcspResponse(data, sign('sha256', data, ca.key), [ca.certificate]);
  request = buildOcspRequest({ certificates, nonce: Buffer.alloc(32, 7) });
});
afterAll(() => {
  workplace.remove();
});

/** Runs a decoder on changed inputs: it may refuse them as malformed, and nothing else. Gives the number accepted. */
function fuzz(original: Uint8Array, seed: number, decode: (bytes: Buffer) => void, inputs = INPUTS): number {
  const random = seeded(seed);
  let accepted = 0;
  for (let i = 0; i < inputs; i += 1) {
    const input = mutated(original, random);
    try {
      decode(input);
      accepted += 1;
    } catch (error) {
      if (!(error instanceof PkiFormatError)) throw new Error(input.toString('hex'), { cause: error });
    }
  }
  return accepted;
}

describe('every decoder refuses what is malformed, and only so', () => {
  it('CRLs', () => {
    const accepted = fuzz(crl, 101, (bytes) => {
      const { entryCount, entries, find } = parseCrl(bytes);
      expect([...entries()]).toHaveLength(entryCount);
      find('0a01');
    });
    expect(accepted).toBeLessThan(INPUTS);
    expect(accepted).toBeGreaterThan(0);
  });
  it('lists to be signed', () => {
    const policy = {
      at: THIS_UPDATE,
      maxValidity: 1e9,
      maxBackdate: 1e9,
      issuer: ISSUER,
      authorityKeyIdentifier: KEY_ID,
    };
    expect(fuzz(buildTbsCrl(ca.content()), 102, (bytes) => void lintCrl(bytes, policy))).toBe(INPUTS);
  });
  it('certificates', () => {
    expect(fuzz(leaf, 103, (bytes) => void parseCertificate(bytes))).toBeLessThan(INPUTS);
  });
  it('OCSP requests', () => {
    expect(fuzz(request, 104, (bytes) => void parseOcspRequest(bytes))).toBeLessThan(INPUTS);
  });
  it('OCSP responses', () => {
    expect(fuzz(response, 105, (bytes) => void parseOcspResponse(bytes))).toBeLessThan(INPUTS);
  });
  it('PEM', () => {
    const pem = Buffer.from(`-----BEGIN X509 CRL-----\n${crl.toString('base64')}\n-----END X509 CRL-----\n`);
    expect(fuzz(pem, 106, (bytes) => void parseCrl(crlBytes(bytes)))).toBeLessThan(INPUTS);
  });
});

describe('every verifier answers, and never good for what was changed', () => {
  it('about a revoked certificate', () => {
    const revoked = ca.crl({ revoked: [{ serial: '1001', revokedAt: THIS_UPDATE, reason: 'superseded' }] });
    fuzz(
      revoked,
      107,
      (bytes) => {
        const question = { certificate: leaf, issuers: [ca.certificate], crls: [bytes], at: THIS_UPDATE };
        expect(checkRevocation(question).status).not.toBe('good');
      },
      VERIFIED_INPUTS,
    );
  });
  it('by OCSP', () => {
    const question = { issuerCertificate: ca.certificate, certificate: leaf, at: THIS_UPDATE };
    fuzz(
      response,
      108,
      (bytes) => {
        expect(verifyOcspResponse({ ...question, response: bytes }).status).not.toBe('good');
      },
      VERIFIED_INPUTS,
    );
  });
});

describe('bombs', () => {
  /** A CRL around entries that are `count` times the same bytes. */
  function withEntries(one: Buffer, count: number): Buffer {
    const entries = Buffer.alloc(one.length * count, one);
    const head = [integer(1n), sequence(Buffer.from('06082a8648ce3d040302', 'hex')), ISSUER];
    const list = sequence(...head, time(THIS_UPDATE), time(NEXT_UPDATE), sequence(entries));
    return ca.signed(list);
  }
  function refusedWithin(milliseconds: number, memory: number, decode: () => void): void {
    const before = process.memoryUsage();
    const since = performance.now();
    expect(decode).toThrow(PkiFormatError);
    const after = process.memoryUsage();
    expect(performance.now() - since).toBeLessThan(milliseconds);
    expect(after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(memory);
  }

  it('of ten million entries are refused at once', () => {
    const bomb = withEntries(sequence(integer(1n), time(1)), 10_000_000);
    refusedWithin(500, 16 * MB, () => parseCrl(bomb));
    refusedWithin(500, 16 * MB, () => crlBytes(bomb));
  });

  it('of as many entries as fit are refused early', () => {
    const bomb = withEntries(sequence(integer(1n), time(1)), 3_100_000);
    refusedWithin(5_000, 64 * MB, () => parseCrl(bomb));
  });

  it('of 100 MB are refused at once', () => {
    const bomb = Buffer.alloc(100 * MB, 0x30);
    for (const decode of [parseCrl, crlBytes, parseCertificate, parseOcspRequest, parseOcspResponse]) {
      refusedWithin(500, 16 * MB, () => decode(bomb));
    }
  });

  it.each([0x30, 0xa0, 0x31])('nested without end are refused, tag %s', (tag) => {
    let nested: Buffer = Buffer.alloc(0);
    for (let depth = 0; depth < 4_000; depth += 1) nested = element(tag, nested);
    for (const decode of [parseCrl, parseCertificate, parseOcspRequest, parseOcspResponse]) {
      refusedWithin(500, 16 * MB, () => decode(nested));
    }
    const inEntries = sequence(integer(1n), time(1), nested);
    refusedWithin(500, 16 * MB, () => parseCrl(withEntries(inEntries, 1)));
  });

  it('that promise 4 GB are refused', () => {
    const promise = Buffer.from('3084ffffffff30', 'hex');
    for (const decode of [parseCrl, parseCertificate, parseOcspRequest, parseOcspResponse]) {
      refusedWithin(500, 16 * MB, () => decode(promise));
    }
  });

  it('of endless PEM are refused', () => {
    const block = '-----BEGIN X509 CRL-----\n'.repeat(100_000);
    refusedWithin(2_000, 64 * MB, () => crlBytes(Buffer.from(block)));
  });
});
