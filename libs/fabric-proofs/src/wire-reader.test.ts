import fc from 'fast-check';
import { codeOf } from './testing/ledger-fixture';
import { LEN, REPEATED, shape, type Strictness, VARINT, WireReader } from './wire-reader';
import { bytesField, uvarint } from './wire-writer';

const MESSAGE = shape({ 1: VARINT, 2: LEN, 3: LEN | REPEATED });

interface Read {
  number: number;
  text: string;
  list: string[];
}

function read(bytes: Uint8Array, strictness: Strictness = 'proof'): Read {
  const reader = new WireReader(bytes, 'Message', strictness);
  const result: Read = { number: 0, text: '', list: [] };
  while (reader.next(MESSAGE)) {
    if (reader.field === 1) result.number = reader.uint64();
    else if (reader.field === 2) result.text = reader.text();
    else result.list.push(reader.text());
  }
  return result;
}

const fromHex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

function encode({ number, text, list }: Read): Buffer {
  return Buffer.concat([
    Buffer.from([0x08]),
    uvarint(number),
    ...bytesField(2, Buffer.from(text)),
    ...list.flatMap((item) => [Buffer.from([0x1a]), uvarint(Buffer.byteLength(item)), Buffer.from(item)]),
  ]);
}

const messages = fc.record({
  number: fc.maxSafeNat(),
  text: fc.string({ unit: 'binary' }),
  list: fc.array(fc.string({ unit: 'grapheme' })),
});

describe('WireReader', () => {
  it('reads what was written', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(read(encode(message))).toEqual(message);
      }),
    );
  });

  it('answers every truncation with a typed error or a shorter message, never a crash', () => {
    fc.assert(
      fc.property(messages, fc.nat(), (message, cut) => {
        const bytes = encode(message);
        const code = codeOf(() => read(bytes.subarray(0, cut % bytes.length)));
        expect(['accepted', 'WIRE_TRUNCATED', 'WIRE_UTF8']).toContain(code);
      }),
    );
  });

  it.each<Strictness>(['ledger', 'proof', 'signing'])('survives any bytes (%s)', (strictness) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(codeOf(() => read(bytes, strictness))).toMatch(/^(accepted|WIRE_[A-Z_0-9]+)$/);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['ends inside a tag', '80', 'WIRE_TRUNCATED'],
    ['ends inside a number', '08 ff', 'WIRE_TRUNCATED'],
    ['has a length beyond the end', '12 05 61', 'WIRE_TRUNCATED'],
    ['has a length near 2^64', '12 ff ff ff ff ff ff ff ff ff 01', 'WIRE_RANGE'],
    ['has a number of 11 bytes', '08 80 80 80 80 80 80 80 80 80 80 01', 'WIRE_VARINT'],
    ['has a number above 2^64', '08 ff ff ff ff ff ff ff ff ff 02', 'WIRE_VARINT'],
    ['has a number of 2^53', '08 80 80 80 80 80 80 80 10', 'WIRE_RANGE'],
    ['has field number 0', '00 00', 'WIRE_TAG'],
    ['has a field number above 2^29 - 1', '80 80 80 80 10 00', 'WIRE_TAG'],
    ['has wire type 6', '0e', 'WIRE_TAG'],
    ['has wire type 7', '0f', 'WIRE_TAG'],
    ['closes a group that is not open', '24', 'WIRE_TAG'],
    ['closes another group', '23 2c', 'WIRE_TAG'],
    ['does not close a group', '23', 'WIRE_TRUNCATED'],
    ['has text that is not UTF-8', '12 02 c3 28', 'WIRE_UTF8'],
    ['has an encoded surrogate', '12 03 ed a0 80', 'WIRE_UTF8'],
    ['ends inside a fixed64', '21 00', 'WIRE_TRUNCATED'],
    ['ends inside a fixed32', '25 00', 'WIRE_TRUNCATED'],
  ])('refuses a message that %s', (_what, bytes, code) => {
    expect(codeOf(() => read(fromHex(bytes), 'ledger'))).toBe(code);
  });

  it('reads the greatest safe number', () => {
    expect(read(fromHex('08 ff ff ff ff ff ff ff 0f')).number).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('skips unknown fields of every wire type, groups in groups too', () => {
    const unknown = '20 07 29 0102030405060708 32 01 00 3d 01020304 43 4b 50 01 4c 44';
    expect(read(fromHex(`${unknown} 08 05`), 'ledger').number).toBe(5);
    expect(codeOf(() => read(fromHex(`${unknown} 08 05`), 'signing'))).toBe('WIRE_UNKNOWN_FIELD');
  });

  it('treats a known field of another wire type as the strictness says', () => {
    // Field 1 as bytes: a Go decoder skips it, which would make the number an absent 0.
    const mistyped = fromHex('0a 01 05');
    expect(read(mistyped, 'ledger').number).toBe(0);
    expect(codeOf(() => read(mistyped, 'proof'))).toBe('WIRE_TYPE');
    expect(codeOf(() => read(mistyped, 'signing'))).toBe('WIRE_TYPE');
  });

  it('lets the last of a repeated scalar count, except where one signs', () => {
    const twice = fromHex('08 01 08 02');
    expect(read(twice, 'ledger').number).toBe(2);
    expect(codeOf(() => read(twice, 'signing'))).toBe('WIRE_REPEATED_FIELD');
    expect(read(fromHex('1a 01 61 1a 01 62'), 'signing').list).toEqual(['a', 'b']);
  });

  it('merges a message given in parts', () => {
    const outer = shape({ 1: LEN });
    const reader = new WireReader(fromHex('0a 02 08 01 0a 03 12 01 61'), 'Outer', 'ledger');
    let inner: Uint8Array | undefined;
    while (reader.next(outer)) inner = reader.message(inner);
    expect(read(inner!)).toEqual({ number: 1, text: 'a', list: [] });
  });

  it('bounds nested groups without using the stack', () => {
    const open = Buffer.alloc(20_000, 0x23);
    expect(codeOf(() => read(open, 'ledger'))).toBe('WIRE_LIMIT');
  });

  it('keeps the low 32 bits of a 32-bit field, and reads any int64', () => {
    const numbers = shape({ 1: VARINT });
    const value = (bytes: string, how: 'int32' | 'uint32' | 'int64'): number | null => {
      const reader = new WireReader(fromHex(bytes), 'Numbers', 'ledger');
      reader.next(numbers);
      return reader[how]();
    };
    expect(value('08 83 80 80 80 10', 'int32')).toBe(3);
    expect(value('08 ff ff ff ff 0f', 'int32')).toBe(-1);
    expect(value('08 ff ff ff ff ff ff ff ff ff 01', 'uint32')).toBe(0xffff_ffff);
    expect(value('08 ff ff ff ff ff ff ff ff ff 01', 'int64')).toBe(-1);
    expect(value('08 ff ff ff ff ff ff ff ff 7f', 'int64')).toBeNull();
  });
});
