import fc from 'fast-check';
import { codeOf } from '../test-support/expect-code';
import { fromBase64, fromBase64Url, fromHex, lp16, lp8, toBase64, toBase64Url, toHex, u32 } from './bytes';

describe('bytes', () => {
  it('round-trips hex, base64 and base64url', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each(['YQ', 'YQ=', 'YR==', 'Y Q==', 'YQ==\n', '_-8=', 'YQ===', '=', 'a', 'YQ==YQ=='])(
    'refuses base64 %j',
    (text) => {
      expect(fromBase64(text)).toBeUndefined();
    },
  );

  it.each(['YQ==', 'YR', '+/8', 'Y Q', 'a'])('refuses base64url %j', (text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  });

  it('refuses hex of another form', () => {
    for (const text of ['0', 'AB', '0x00', 'gg', ' 00'])
      expect(codeOf(() => fromHex(text))).toBe('ID_MALFORMED');
    expect(codeOf(() => fromHex('00', 2))).toBe('ID_MALFORMED');
  });

  it('prefixes lengths big-endian', () => {
    expect(toHex(lp8('ab'))).toBe('026162');
    expect(toHex(lp16('é'))).toBe('0002c3a9');
    expect(toHex(u32(0x01020304))).toBe('01020304');
    expect(codeOf(() => lp8('x'.repeat(256)))).toBe('TOO_LARGE');
    expect(codeOf(() => lp16('x'.repeat(65_536)))).toBe('TOO_LARGE');
    expect(lp16('x'.repeat(65_535))).toHaveLength(65_537);
  });
});
