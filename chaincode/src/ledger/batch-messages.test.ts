import { decodeOffer, decodeValues, encodeReads, encodeWrites } from './batch-messages';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Buffer => Buffer.from(text, 'hex');

/** Vectors made with Google's protobuf runtime from Fabric's own definitions. */
describe('batch messages', () => {
  it('encode the keys to read', () => {
    expect(hex(encodeReads(['\u0000a\u0000', 'ä']))).toBe('0a030061000a02c3a4');
  });

  it('encode puts in order, long values too', () => {
    const long = Buffer.from('v'.repeat(200));
    const writes = encodeWrites([
      ['\u0000a\u0000', Buffer.from('{}')],
      ['k', long],
    ]);
    expect(hex(writes)).toBe(`0a0b0a0300610012027b7d28090ad0010a016b12c801${hex(long)}2809`);
  });

  it('decode values, absent ones as empty', () => {
    const long = '78'.repeat(130);
    const values = decodeValues(bytes(`0a027b7d0a000a8201${long}`));
    expect(values.map(hex)).toEqual(['7b7d', '', long]);
    expect(decodeValues(bytes(''))).toEqual([]);
  });

  it.each(['0a', '0a05aa', '12017b', '0affffffffffff', '0a80'])('refuse values that are %s', (text) => {
    expect(() => decodeValues(bytes(text))).toThrow('the peer');
  });

  it('decode a peer’s offer', () => {
    expect(decodeOffer(bytes('080110e807180120ac02'))).toEqual({ maxWrites: 1000, maxReads: 300 });
  });

  it.each([
    ['an older peer', ''],
    ['a peer that has it switched off', '10e80720ac02'],
    ['a peer with another kind of field', '0a0161080110e807'],
  ])('take no offer from %s', (_who, text) => {
    expect(decodeOffer(bytes(text))).toEqual({ maxWrites: 0, maxReads: 0 });
  });
});
