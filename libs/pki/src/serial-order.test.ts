import * as fc from 'fast-check';
import { RevocationTable } from './revocation-table';
import { normalizeSerial } from './serial';
import { PkiFormatError } from './pki-format-error';

/** Serials that share long beginnings, so that every word is compared. */
const serial = fc
  .tuple(
    fc.constantFrom('', '01', 'ff00000000', '7fffffffffffffffffff', '01'.repeat(16)),
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
  )
  .map(([prefix, bytes]) => prefix + Buffer.from(bytes).toString('hex'))
  .filter((hex) => !/^0+$/.test(hex));

function ordered(serials: readonly string[]): string[] {
  const table = RevocationTable.of(serials.map((one) => ({ serial: one, revokedAt: 1 })));
  const rows = [...table];
  return [...table.order()].map((row) => rows[row]?.serial ?? '');
}

describe('the order of serial numbers', () => {
  it('is that of their values', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(serial, { minLength: 0, maxLength: 200, selector: normalizeSerial, size: 'max' }),
        (serials) => {
          const expected = serials
            .map(normalizeSerial)
            .sort((a, b) => (BigInt(`0x${a}`) < BigInt(`0x${b}`) ? -1 : 1));
          expect(ordered(serials)).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is found for many that differ in their last word alone', () => {
    const serials = Array.from(
      { length: 5000 },
      (_, i) => `${'ab'.repeat(16)}${((i * 2654435761) >>> 0).toString(16).padStart(8, '0')}`,
    );
    expect(ordered(serials)).toEqual([...serials].sort());
  });

  it.each([2, 11, 12, 13, 300])('is refused where one of %s occurs twice', (count) => {
    const serials = Array.from({ length: count }, (_, i) => (i + 1).toString(16));
    expect(() => ordered([...serials.reverse(), '2'])).toThrow(PkiFormatError);
  });
});
