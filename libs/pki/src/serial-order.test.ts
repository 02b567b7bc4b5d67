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
  const order = [...table.order()];
  const rows = [...table];
  return order.map((row) => rows[row]?.serial ?? '');
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

  it('is found for as many as are put into buckets first, with what belongs to them', () => {
    const count = 30_000;
    const entries = Array.from({ length: count }, (_, i) => {
      const mixed = ((i * 2654435761) >>> 0).toString(16).padStart(8, '0');
      return {
        serial: `1${mixed}${'ab'.repeat(i % 3)}1`,
        revokedAt: i,
        ...(i % 5 === 0 ? { invalidityDate: i } : {}),
      };
    });
    const table = RevocationTable.of(entries);
    const order = [...table.order()];
    const rows = [...table];
    const expected = entries
      .map((entry) => ({ ...entry, serial: normalizeSerial(entry.serial) }))
      .sort((a, b) => a.serial.length - b.serial.length || (a.serial < b.serial ? -1 : 1));
    expect(order.map((row) => rows[row])).toEqual(expected);
    // And again, now that rows have moved.
    expect([...table.order()].map((row) => rows[row])).toEqual(expected);
  });

  it.each([2, 11, 12, 13, 300, 25_000])('is refused where one of %s occurs twice', (count) => {
    const serials = Array.from({ length: count }, (_, i) => (i + 1).toString(16));
    expect(() => ordered([...serials.reverse(), '2'])).toThrow(PkiFormatError);
  });
});
