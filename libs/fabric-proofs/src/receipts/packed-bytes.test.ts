import { codeOf } from '../testing/ledger-fixture';
import { numberField, presentField } from '../wire-writer';
import { MAX_UNPACKED_BYTES } from './limits';
import { pack, unpack } from './packed-bytes';
import { parseReceipt, RECEIPT_FORMAT } from './receipt-format';

describe('packed byte strings', () => {
  const long = Buffer.alloc(300, 'long identity');
  const short = long.subarray(0, 100);
  const rare = Buffer.alloc(200, 'rare');
  const room = () => ({ left: MAX_UNPACKED_BYTES });

  it('come back, whatever order and number the identities stand in', () => {
    const table = [short, long, rare, Buffer.alloc(80, 'nowhere')];
    const orders = [[long], [short, rare], [rare, long, short, long], [long, long, short, short, rare]];
    for (const order of orders) {
      const bytes = Buffer.concat(order.flatMap((one, at) => [Buffer.from(`text ${at}`), one]));
      const packed = pack(bytes, table);
      expect(packed.length).toBeLessThan(order.length * 20);
      expect(Buffer.from(unpack(packed, table, 'test', room()))).toEqual(bytes);
    }
  });

  it('take one pass for each identity, not one for each reference', () => {
    // 4 MiB with 20,000 references, and a table with eight identities that are nowhere: 640 GB if each looked anew.
    const bytes = Buffer.concat(
      Array.from({ length: 20_000 }, (_, at) => [short, Buffer.alloc(100, at)]).flat(),
    );
    const absent = Array.from({ length: 8 }, (_, at) => Buffer.alloc(100, `absent ${at} `));
    const table = [short, ...absent];
    expect(Buffer.from(unpack(pack(bytes, table), table, 'test', room())).equals(bytes)).toBe(true);
  });

  it('do not grow beyond their room, which all share', () => {
    const references = (count: number): Buffer =>
      Buffer.concat(Array.from({ length: count }, () => numberField(2, 1)).flat());
    const table = [short, long];
    const shared = { left: 1_000 };
    expect(unpack(references(2), table, 'test', shared)).toHaveLength(600);
    expect(codeOf(() => unpack(references(1), table, 'test', shared))).toBe('RECEIPT_TOO_LARGE');
    const empty = Buffer.concat(Array.from({ length: 100 }, () => presentField(1, Buffer.alloc(0))).flat());
    expect(codeOf(() => unpack(empty, table, 'test', { left: 1_000 }))).toBe('RECEIPT_TOO_LARGE');
  });

  it('do not make a small file a large receipt', () => {
    const identity = presentField(1, Buffer.alloc(1024 * 1024));
    const references = Array.from({ length: 10_000 }, () => numberField(2, 1)).flat();
    const file = Buffer.concat([
      ...presentField(1, Buffer.from(RECEIPT_FORMAT)),
      ...numberField(2, 1),
      ...presentField(5, ...presentField(1, Buffer.alloc(1))),
      ...presentField(5, ...identity),
      ...presentField(6, ...presentField(2, ...references)),
    ]);
    expect(codeOf(() => parseReceipt(file))).toBe('RECEIPT_TOO_LARGE');
  });
});
