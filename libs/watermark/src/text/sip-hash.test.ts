import fc from 'fast-check';
import { SipHash } from './sip-hash';

/** First and last of vectors.h of the authors' reference implementation: key 00 … 0f, message 00 01 … of 0 to 63 bytes. */
const PUBLISHED: readonly (readonly [number, string])[] = [
  [0, '310e0edd47db6f72'],
  [1, 'fd67dc93c539f874'],
  [2, '5a4fa9d909806c0d'],
  [3, '2d7efbd796666785'],
  [4, 'b7877127e09427cf'],
  [5, '8da699cd64557618'],
  [6, 'cee3fe586e46c9cb'],
  [7, '37d1018bf50002ab'],
  [8, '6224939a79f5f593'],
  [15, 'e545be4961ca29a1'],
  [16, 'db9bc2577fcc2a3f'],
  [63, '724506eb4c328a95'],
];
const KEY = Uint8Array.from({ length: 16 }, (_, index) => index);

function hex(hash: SipHash): string {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(hash.low, 0);
  bytes.writeUInt32LE(hash.high, 4);
  return bytes.toString('hex');
}

/** A second implementation, in big integers. */
function bigSip(key: Uint8Array, message: Uint8Array): string {
  const mask = (1n << 64n) - 1n;
  const rot = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & mask;
  const k0 = Buffer.from(key).readBigUInt64LE(0);
  const k1 = Buffer.from(key).readBigUInt64LE(8);
  let [v0, v1, v2, v3] = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const round = (): void => {
    v0 = (v0 + v1) & mask;
    v1 = rot(v1, 13n) ^ v0;
    v0 = rot(v0, 32n);
    v2 = (v2 + v3) & mask;
    v3 = rot(v3, 16n) ^ v2;
    v0 = (v0 + v3) & mask;
    v3 = rot(v3, 21n) ^ v0;
    v2 = (v2 + v1) & mask;
    v1 = rot(v1, 17n) ^ v2;
    v2 = rot(v2, 32n);
  };
  const padded = Buffer.alloc(8 * (Math.floor(message.length / 8) + 1));
  padded.set(message);
  padded[padded.length - 1] = message.length & 0xff;
  for (let at = 0; at < padded.length; at += 8) {
    const block = padded.readBigUInt64LE(at);
    v3 ^= block;
    round();
    round();
    v0 ^= block;
  }
  v2 ^= 0xffn;
  for (let index = 0; index < 4; index += 1) round();
  const result = Buffer.alloc(8);
  result.writeBigUInt64LE(v0 ^ v1 ^ v2 ^ v3);
  return result.toString('hex');
}

describe('SipHash-2-4', () => {
  test.each(PUBLISHED)('published vector of %d bytes', (length, expected) => {
    const hash = new SipHash(KEY);
    hash.bytes(Uint8Array.from({ length }, (_, index) => index));
    expect(hex(hash)).toBe(expected);
  });

  test('agrees with an implementation in big integers', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ maxLength: 40 }),
        (key, message) => {
          const hash = new SipHash(key);
          hash.bytes(message);
          expect(hex(hash)).toBe(bigSip(key, message));
        },
      ),
    );
  });

  test.each([0, 15, 17, 32])('refuses a key of %d bytes', (length) => {
    expect(() => new SipHash(new Uint8Array(length))).toThrow(RangeError);
  });
});
