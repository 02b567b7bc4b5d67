import { createHash } from 'node:crypto';
import { KeyedStream } from './keyed-stream';
import { NO_KEY_COMMITMENT, WatermarkKey } from './watermark-key';

const key = new WatermarkKey(Buffer.from('00'.repeat(31) + '01', 'hex'));

describe('watermark key', () => {
  it('commits by SHA-256 over domain and length-prefixed key', () => {
    const bytes = Buffer.concat([
      Buffer.from('\x09WM_KEY_V1\x00\x20', 'latin1'),
      Buffer.alloc(31),
      Buffer.from([1]),
    ]);
    expect(key.commitment()).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(() => {
      key.assertCommitted(key.commitment());
      key.assertCommitted(NO_KEY_COMMITMENT);
    }).not.toThrow();
  });

  it('refuses to serve a document that commits to another', () => {
    const other = new WatermarkKey(Buffer.alloc(32, 7));
    expect(() => {
      other.assertCommitted(key.commitment());
    }).toThrow(
      expect.objectContaining({ code: 'KEY_COMMITMENT_MISMATCH', subject: '/key_commitment' }) as Error,
    );
  });

  it('reads raw bytes and hexadecimal text alike', () => {
    const raw = Buffer.from('8f'.repeat(16) + '00'.repeat(16), 'hex');
    const commitment = new WatermarkKey(raw).commitment();
    expect(WatermarkKey.fromFile(raw).commitment()).toBe(commitment);
    expect(WatermarkKey.fromFile(Buffer.from(`${raw.toString('hex')}\n`)).commitment()).toBe(commitment);
    expect(WatermarkKey.fromFile(Buffer.from(raw.toString('hex').toUpperCase())).commitment()).toBe(
      commitment,
    );
  });

  it.each([0, 15, 1025, 5000])('refuses %d bytes', (length) => {
    expect(() => WatermarkKey.fromFile(Buffer.alloc(length, 200))).toThrow(
      expect.objectContaining({ code: 'KEY_MALFORMED' }) as Error,
    );
  });

  it.each([16, 31, 33, 63, 65, 2049])(
    'refuses %d hex digits, which are no key and no bytes either',
    (count) => {
      const read = (): WatermarkKey => WatermarkKey.fromFile(Buffer.from(`${'8'.repeat(count)}\n`));
      expect(read).toThrow(expect.objectContaining({ code: 'KEY_MALFORMED' }) as Error);
      expect(read).toThrow(`${count} hex digits`);
    },
  );

  it('reads a list of integers in any spacing as one key', () => {
    const list = WatermarkKey.fromFile(Buffer.from('[654, 400,\n836, 123, -9223372036854775808]\n'));
    expect(list.integers()).toEqual([654n, 400n, 836n, 123n, -9223372036854775808n]);
    const canonical = new WatermarkKey(Buffer.from('[654,400,836,123,-9223372036854775808]'));
    expect(list.commitment()).toBe(canonical.commitment());
    for (const text of [
      '[1.5,2222222222222]',
      '[1,,22222222222222]',
      '["1",22222222222]',
      '[1,2222222222222',
      '[ ]             ',
    ]) {
      expect(WatermarkKey.fromFile(Buffer.from(text)).integers()).toBeUndefined();
    }
    expect(key.integers()).toBeUndefined();
  });

  it('shows nothing of itself', () => {
    expect(JSON.stringify(key)).toBe('{}');
  });
});

describe('keyed stream', () => {
  it('is AES-256-CTR from zero under the subkey of its label', () => {
    const stream = new KeyedStream(key, 'test');
    expect(Buffer.from(stream.bytes(8)).toString('hex')).toBe('94575323a3e1c4eb');
    expect(new KeyedStream(key, 'other').bytes(8)).not.toEqual(new KeyedStream(key, 'test').bytes(8));
  });

  it('draws integers, bits and permutations', () => {
    const stream = new KeyedStream(key, 'draws');
    const counts = new Uint32Array(6);
    for (let draw = 0; draw < 6000; draw += 1) counts[stream.below(6)] += 1;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130);
    let ones = 0;
    for (let draw = 0; draw < 8000; draw += 1) ones += stream.bit();
    expect(Math.abs(ones - 4000)).toBeLessThan(200);
    expect(Array.from(stream.permutation(500)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 500 }, (_, i) => i),
    );
  });

  it('goes on over its blocks without a seam', () => {
    const whole = new KeyedStream(key, 'long').bytes(10_000);
    const parts = new KeyedStream(key, 'long');
    const first = parts.bytes(4095);
    expect(Buffer.concat([first, parts.bytes(5905)])).toEqual(Buffer.from(whole));
  });
});
