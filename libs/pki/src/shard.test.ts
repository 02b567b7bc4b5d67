import * as fc from 'fast-check';
import { PkiFormatError } from './pki-format-error';
import { shardOf } from './shard';

describe('the shard of a certificate', () => {
  it('is the low four octets of its serial modulo the number of shards', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: (1n << 159n) - 1n }),
        fc.integer({ min: 1, max: 4096 }),
        (serial, count) => {
          expect(shardOf(serial.toString(16), count)).toBe(Number((serial & 0xffff_ffffn) % BigInt(count)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('does not depend on how the serial is written', () => {
    expect(shardOf('00ABCDEF0123456789', 128)).toBe(shardOf('abcdef0123456789', 128));
  });

  it.each([0, -1, 1.5, 4097, Number.NaN])('does not exist among %s shards', (count) => {
    expect(() => shardOf('01', count)).toThrow(PkiFormatError);
  });

  it.each(['', '0', 'xy', '01'.repeat(21)])('does not exist for the serial "%s"', (serial) => {
    expect(() => shardOf(serial, 4)).toThrow(PkiFormatError);
  });
});
