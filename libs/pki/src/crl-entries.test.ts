import * as fc from 'fast-check';
import { CrlEntries } from './crl-entries';
import { type CrlEntry, readEntry } from './crl-entry';
import { DerReader } from './der-reader';
import { element, extension, generalizedTime, integer, sequence, time } from './der-writer';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';
import { regularEntryEnd } from './regular-entry';

const reason = (code: number, critical = false): Buffer =>
  extension(OID.reasonCode, element(0x0a, Buffer.of(code)), critical);
const utc = (text: string): Buffer => element(0x17, Buffer.from(text));
const entry = (serial: Buffer, date: Buffer, ...extensions: Buffer[]): Buffer =>
  sequence(serial, date, ...(extensions.length === 0 ? [] : [sequence(...extensions)]));

function read(...entries: Buffer[]): CrlEntries {
  const list = sequence(...entries);
  const reader = new DerReader(list);
  return new CrlEntries(reader, reader.next('the entries'));
}

/** What the long way says of one entry: how it ends, or that it is refused. */
function longWay(bytes: Buffer): CrlEntry | undefined {
  try {
    const reader = new DerReader(bytes);
    const found = readEntry(reader, new Set());
    return reader.done ? found : undefined;
  } catch (error) {
    if (!(error instanceof PkiFormatError)) throw error;
    return undefined;
  }
}

describe('the entries of a CRL', () => {
  const serial = fc.bigInt({ min: 1n, max: (1n << 160n) - 1n }).map((value) => value.toString(16));
  const date = fc.integer({ min: 0, max: 2_600_000_000 });
  const item = fc.record({
    serial,
    date,
    form: fc.constantFrom('plain', 'reason', 'date', 'both', 'long'),
  });
  const written = ({
    serial: hex,
    date: at,
    form,
  }: {
    serial: string;
    date: number;
    form: string;
  }): Buffer => {
    const number = integer(BigInt(`0x${hex}`));
    if (form === 'plain') return entry(number, time(at));
    if (form === 'reason') return entry(number, time(at), reason(1));
    const invalidity = extension(OID.invalidityDate, generalizedTime(at));
    if (form === 'date') return entry(number, time(at), invalidity);
    if (form === 'both') return entry(number, time(at), reason(6), invalidity);
    return entry(number, time(at), extension('551d63', Buffer.alloc(200)));
  };

  it('are found in any order and form', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(item, {
          minLength: 1,
          maxLength: 80,
          selector: (one) => BigInt(`0x${one.serial}`),
          size: 'max',
        }),
        (items) => {
          const entries = read(...items.map(written));
          expect(entries.count).toBe(items.length);
          expect([...entries].map(({ revokedAt }) => revokedAt)).toEqual(items.map((one) => one.date));
          for (const one of items) expect(entries.find(one.serial)?.revokedAt).toBe(one.date);
          expect(entries.find('01'.repeat(20))).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are judged alike the short way and the long way, whatever is changed', () => {
    const base = entry(integer(0x8001n), utc('240229235959Z'), reason(4));
    const plain = entry(integer(0x7f01n), utc('491231000000Z'));
    fc.assert(
      fc.property(
        fc.constantFrom(base, plain),
        fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { minLength: 1, maxLength: 2 }),
        (original, changes) => {
          const changed = Buffer.from(original);
          for (const [at, value] of changes) if (at < changed.length) changed[at] = value;
          const end = regularEntryEnd(changed, 0, changed.length);
          // The short way may give up on what the long way takes, but never take what the long way refuses.
          if (end === changed.length) expect(longWay(changed)).toBeDefined();
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it.each(['000101000000Z', '240229000000Z', '491231235959Z', '500101000000Z', '991231235959Z'])(
    'in the common form go the short way: %s',
    (text) => {
      const bytes = entry(integer(1n), utc(text), reason(10));
      expect(regularEntryEnd(bytes, 0, bytes.length)).toBe(bytes.length);
    },
  );

  it.each([
    '230229000000Z',
    '230431000000Z',
    '230001000000Z',
    '231301000000Z',
    '230100000000Z',
    '230132000000Z',
    '230101240000Z',
    '230101006000Z',
    '230101000060Z',
    '230101000000z',
    '2301010000 0Z',
    '2301010000/0Z',
  ])('with a time that does not exist are refused: %s', (text) => {
    expect(() => read(entry(integer(1n), utc(text)))).toThrow(PkiFormatError);
  });

  it.each<[string, Buffer[]]>([
    ['none', []],
    ['a serial twice, in order', [entry(integer(5n), time(1)), entry(integer(5n), time(2))]],
    ['a serial twice, out of order', [5n, 3n, 5n].map((n) => entry(integer(n), time(1)))],
    ['serial zero', [entry(integer(0n), time(1))]],
    ['a reason without code', [entry(integer(1n), time(1), extension(OID.reasonCode, element(0x0a)))]],
    ['reason 7', [entry(integer(1n), time(1), reason(7))]],
    ['reason 11', [entry(integer(1n), time(1), reason(11))]],
    ['an empty list of extensions', [sequence(integer(1n), time(1), sequence())]],
    ['bytes after the extensions', [sequence(integer(1n), time(1), sequence(reason(1)), integer(1n))]],
    ['a nested entry', [sequence(sequence(integer(1n), time(1)))]],
    ['an entry longer than the list', [Buffer.of(0x30, 0x20, 2, 1, 1)]],
  ])('are refused with %s', (_name, entries) => {
    expect(() => read(...entries)).toThrow(PkiFormatError);
  });

  it('tell of critical extensions that are not understood', () => {
    const found = read(
      entry(integer(1n), time(1), reason(1, true)),
      entry(integer(2n), time(1), extension('551d63', integer(1n), true)),
      entry(integer(3n), time(1), extension('551d63', integer(1n))),
    );
    expect(found.unknownCriticalExtensions).toEqual(['551d63']);
  });

  it('are refused before they fill the memory', () => {
    // Two million and one entries of the shortest form: 40 MB that would be refused a moment later anyway.
    const one = entry(integer(1n), time(1));
    const many = Buffer.alloc(one.length * 2_000_001);
    for (let i = 0; i <= 2_000_000; i += 1) {
      one.copy(many, i * one.length);
    }
    const before = process.memoryUsage().arrayBuffers;
    const reader = new DerReader(many);
    expect(() => new CrlEntries(reader, { tag: 0x30, from: 0, start: 0, end: many.length })).toThrow(
      /too many entries/,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });
});
