import { createHash } from 'node:crypto';
import { blockHeader, headerHash } from './block-header';

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
const field = (tag: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.of(tag, bytes.length), bytes]);

describe('block headers', () => {
  const header = Buffer.concat([
    Buffer.of(0x08, 0x80, 0x02),
    field(0x12, hash('previous')),
    field(0x1a, hash('data')),
  ]);
  const block = Buffer.concat([field(0x0a, header), field(0x12, Buffer.from('data'))]);

  it('are read out of a block', () => {
    expect(blockHeader(block)).toEqual({
      number: 256n,
      previousHash: hash('previous'),
      dataHash: hash('data'),
    });
  });

  it('of block 0 leave number and previous hash out', () => {
    const genesis = field(0x0a, field(0x1a, hash('data')));
    expect(blockHeader(genesis)).toEqual({
      number: 0n,
      previousHash: Buffer.alloc(0),
      dataHash: hash('data'),
    });
  });

  it('are hashed as DER', () => {
    const der = Buffer.concat([
      Buffer.from('3027020100', 'hex'),
      Buffer.from('0400', 'hex'),
      Buffer.from('0420', 'hex'),
      hash('data'),
    ]);
    const expected = createHash('sha256').update(der).digest('hex');
    expect(headerHash({ number: 0n, previousHash: Buffer.alloc(0), dataHash: hash('data') })).toBe(expected);
  });

  it('write numbers from 128 on with a leading zero', () => {
    const at = (number: bigint): string =>
      headerHash({ number, previousHash: hash('p'), dataHash: hash('d') });
    expect(new Set([127n, 128n, 255n, 256n, 65_535n].map(at)).size).toBe(5);
  });

  it.each([
    ['nothing', ''],
    ['no header', '1200'],
    ['a field that ends too late', '0a7f00'],
    ['a number that never ends', '0affffffffffffffffffffffff'],
    ['a wire type of no block', '0d00000000'],
  ])('are not made up from %s', (_what, hex) => {
    expect(() => blockHeader(Buffer.from(hex, 'hex'))).toThrow(RangeError);
  });
});
