import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { isLowSDer, lowSDer } from './der-signature';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

function raw(message: Buffer): Buffer {
  return sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
}

function withS(signature: Buffer, s: bigint): Buffer {
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
}

describe('lowSDer', () => {
  it('verifies, low, for both twins of a signature', () => {
    for (let n = 0; n < 50; n += 1) {
      const message = Buffer.from(`message ${n}`);
      const signature = raw(message);
      const twin = withS(signature, ORDER - BigInt(`0x${signature.subarray(32).toString('hex')}`));
      const der = lowSDer(signature);
      expect(verify('sha256', message, publicKey, der)).toBe(true);
      expect(isLowSDer(der)).toBe(true);
      expect(Buffer.from(lowSDer(twin))).toEqual(Buffer.from(der));
    }
  });

  it('strips leading zeros and keeps integers positive', () => {
    const tiny = Buffer.alloc(64);
    tiny[31] = 0x80;
    tiny[63] = 1;
    expect(Buffer.from(lowSDer(tiny)).toString('hex')).toBe('300702020080020101');
  });

  it('refuses other lengths', () => {
    expect(() => lowSDer(Buffer.alloc(63))).toThrow('64 bytes');
  });
});

describe('isLowSDer', () => {
  const high = sign('sha256', Buffer.from('x'), { key: privateKey, dsaEncoding: 'der' });

  it('refuses a high s', () => {
    const signature = raw(Buffer.from('x'));
    const s = BigInt(`0x${signature.subarray(32).toString('hex')}`);
    const upper = s > ORDER / 2n ? s : ORDER - s;
    const digits = Buffer.concat([
      Buffer.from([0]),
      Buffer.from(upper.toString(16).padStart(64, '0'), 'hex'),
    ]);
    const r = Buffer.from('020101', 'hex');
    const sPart = Buffer.concat([Buffer.from([2, digits.length]), digits]);
    expect(isLowSDer(Buffer.concat([Buffer.from([0x30, r.length + sPart.length]), r, sPart]))).toBe(false);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a truncated signature', high.subarray(0, -1)],
    ['a trailing byte', Buffer.concat([high, Buffer.from([0])])],
    ['another tag', Buffer.concat([Buffer.from([0x31]), high.subarray(1)])],
    ['an empty s', Buffer.from('300502010102 00'.replace(' ', ''), 'hex')],
    ['a zero s', Buffer.from('3006020101020100', 'hex')],
  ])('refuses %s', (_name, bytes) => {
    expect(isLowSDer(bytes)).toBe(false);
  });
});
