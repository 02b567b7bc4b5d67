import * as fc from 'fast-check';
import { encodePublic, isEndorsementKey, isReleaseKey, parsePublic, toKeyObject } from './public-area';
import { fixture, patched } from './testing/fixtures';
import { TpmFormatError } from './tpm-format-error';

const AK = fixture('ak_ecdsa');
const RSA = fixture('ak_rsassa');

describe('public areas', () => {
  it.each(['ak_ecdsa', 'ak_rsassa', 'ak_rsapss', 'ek_rsa', 'ek_ecc', 'release_key', 'loose_key'] as const)(
    'round-trip: %s',
    (name) => {
      const key = parsePublic(fixture(name));
      expect(encodePublic(key)).toEqual(fixture(name));
      expect(toKeyObject(key.area).type).toBe('public');
    },
  );

  it('say what a key is for', () => {
    expect(isEndorsementKey(parsePublic(fixture('ek_rsa')).area)).toBe(true);
    expect(isEndorsementKey(parsePublic(fixture('ek_ecc')).area)).toBe(true);
    expect(isEndorsementKey(parsePublic(AK).area)).toBe(false);
    expect(isReleaseKey(parsePublic(fixture('release_key')).area)).toBe(true);
    expect(isReleaseKey(parsePublic(fixture('loose_key')).area)).toBe(false);
    expect(isReleaseKey(parsePublic(fixture('ek_ecc')).area)).toBe(false);
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a bare size', Buffer.of(0, 0)],
    ['a size beyond the end', patched(AK, 0, [0xff, 0xff])],
    ['a size short of the end', patched(AK, 0, [0, 0x57])],
    ['bytes after it', Buffer.concat([AK, Buffer.of(0)])],
    ['a symmetric key object', patched(AK, 2, [0, 0x25])],
    ['a SHA-1 name', patched(AK, 4, [0, 4])],
    ['an unknown scheme', patched(AK, 14, [0, 0x20])],
    ['curve P-521', patched(AK, 18, [0, 5])],
    ['a point off the curve', patched(AK, AK.length - 1, [(AK[AK.length - 1] ?? 0) ^ 1])],
    ['an even modulus', patched(RSA, RSA.length - 1, [0])],
    ['a modulus with a clear top bit', patched(RSA, RSA.length - 256, [1])],
    ['RSA-1024', patched(RSA, 18, [4, 0])],
    ['an exponent of 3', patched(RSA, 20, [0, 0, 0, 3])],
    ['an even exponent', patched(RSA, 20, [0, 1, 0, 2])],
    ['100 kB', Buffer.alloc(100_000)],
  ])('are refused: %s', (_name, bytes) => {
    expect(() => parsePublic(bytes)).toThrow(TpmFormatError);
  });

  it('never fail otherwise than as malformed', () => {
    fc.assert(
      fc.property(fc.nat(RSA.length - 1), fc.nat(255), fc.nat(RSA.length), (at, value, end) => {
        try {
          parsePublic(patched(RSA, at, [value]).subarray(0, end));
        } catch (error) {
          expect(error).toBeInstanceOf(TpmFormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
