import { createECDH, generateKeyPairSync, sign, verify } from 'node:crypto';
import * as fc from 'fast-check';
import { assertPoint, toDerSignature, toLowS, unwrapEcPoint } from './ec';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecdh = createECDH('prime256v1');
const POINT = ecdh.generateKeys();

describe('signature encodings', () => {
  it('keep verifying in low-S and DER form', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (message) => {
        const raw = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
        const low = toLowS(raw);
        expect(toLowS(low)).toBe(low);
        expect(verify('sha256', message, publicKey, toDerSignature(low))).toBe(true);
        expect(verify('sha256', message, publicKey, toDerSignature(raw))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('write short and high integers minimally', () => {
    const raw = Buffer.alloc(64);
    raw[31] = 0x7f;
    raw[63] = 0x80;
    expect(Buffer.from(toDerSignature(raw)).toString('hex')).toBe('300702017f02020080');
  });

  it.each([0, 63, 65])('refuse %i bytes', (length) => {
    expect(() => toLowS(new Uint8Array(length))).toThrow();
    expect(() => toDerSignature(new Uint8Array(length))).toThrow();
  });
});

describe('EC points', () => {
  it('are read with and without the OCTET STRING wrapper', () => {
    expect(unwrapEcPoint(POINT)).toEqual(POINT);
    expect(unwrapEcPoint(Buffer.concat([Buffer.of(4, 65), POINT]))).toEqual(POINT);
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['compressed', ecdh.getPublicKey(null, 'compressed')],
    ['hybrid', Buffer.concat([Buffer.of(6), POINT.subarray(1)])],
    ['off the curve', Buffer.concat([POINT.subarray(0, 64), Buffer.of((POINT[64] ?? 0) ^ 1)])],
    ['too long', Buffer.concat([POINT, Buffer.of(0)])],
    ['the point at infinity', Buffer.of(0)],
  ])('are refused: %s', (_name, point) => {
    expect(() => assertPoint(point)).toThrow(/P-256/);
  });
});
