import fc from 'fast-check';
import { toHex } from '../encoding/bytes';
import { codeOf } from '../test-support/expect-code';
import {
  decodeReference,
  ENCODED_REFERENCE_BYTES,
  encodeReference,
  idReference,
  modelReference,
  REFERENCE_TYPES,
  schemeReference,
} from './reference';

const HEX = 'ab'.repeat(32);

describe('references', () => {
  it('are 35 bytes that give the same reference again', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(REFERENCE_TYPES)), bytes, (ref_type, ref) => {
        const encoded = encodeReference({ ref_type, ref_bytes: toHex(ref) });
        expect(encoded).toHaveLength(ENCODED_REFERENCE_BYTES);
        expect(decodeReference(encoded)).toEqual({ ref_type, ref_bytes: toHex(ref) });
      }),
    );
  });

  it.each([-1, 3, 4, 255, 256, 0.5, Number.NaN])('are of a known type, not %d', (ref_type) => {
    expect(codeOf(() => encodeReference({ ref_type, ref_bytes: HEX }))).toBe('REFERENCE_MALFORMED');
  });

  it.each([0, 1, 31, 33, 64, 65_535])('have 32 bytes, not %d', (length) => {
    for (const ref_type of Object.values(REFERENCE_TYPES)) {
      const ref_bytes = '00'.repeat(length);
      expect(codeOf(() => encodeReference({ ref_type, ref_bytes }))).toBe('REFERENCE_MALFORMED');
    }
  });

  it.each([HEX.toUpperCase(), `0x${HEX.slice(2)}`, `${HEX}\n`, HEX.slice(1), 'zz'.repeat(32)])(
    'are lower-case hex, not %j',
    (hex) => {
      expect(codeOf(() => idReference(hex))).toBe('REFERENCE_MALFORMED');
    },
  );

  it('are not read from bytes of another type or length', () => {
    const good = encodeReference(idReference(HEX));
    const change = (index: number, value: number): Uint8Array =>
      good.map((byte, at) => (at === index ? value : byte));
    const bad = [
      new Uint8Array(),
      good.subarray(0, 1),
      good.subarray(0, ENCODED_REFERENCE_BYTES - 1),
      Uint8Array.of(...good, 0),
      change(0, 3),
      change(0, 255),
      change(1, 0x20),
      change(2, 0),
      change(2, 33),
    ];
    expect(bad.map((bytes) => codeOf(() => decodeReference(bytes)))).toEqual(
      bad.map(() => 'REFERENCE_MALFORMED'),
    );
  });
});

describe('ids of models and schemes', () => {
  it('differ by every part', () => {
    const model = modelReference(HEX, 'a');
    const ids = [
      model,
      modelReference(HEX, 'b'),
      modelReference('cd'.repeat(32), 'a'),
      schemeReference(HEX, 'a'),
      schemeReference(HEX, 'ab'),
      schemeReference(model, 'a'),
      schemeReference(model, ''),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(idReference(id)).toEqual({ ref_type: 0, ref_bytes: id });
  });

  it('are not made of malformed ids or endless names', () => {
    expect(codeOf(() => modelReference(HEX.slice(2), 'a'))).toBe('ID_MALFORMED');
    expect(codeOf(() => modelReference(HEX.toUpperCase(), 'a'))).toBe('ID_MALFORMED');
    expect(codeOf(() => schemeReference('', 'a'))).toBe('ID_MALFORMED');
    expect(codeOf(() => schemeReference(HEX, 'a'.repeat(65_536)))).toBe('TOO_LARGE');
  });
});
