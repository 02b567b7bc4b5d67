import fc from 'fast-check';
import { WatermarkError } from '../errors/watermark-error';
import { openContent } from '../media/byte-source';
import { floatBytes, safetensorsFile, withHeader } from '../testing/safetensors-file';
import { MAX_HEADER_BYTES, readTensors, type TensorEntry } from './safetensors-header';

async function tensorsIn(bytes: Uint8Array): Promise<TensorEntry[]> {
  return readTensors(await openContent({ bytes }));
}

const tensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32'): object => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('the header of a safetensors file', () => {
  it('gives tensors by name, wherever they stand', async () => {
    const file = safetensorsFile(
      [
        { name: 'b', shape: [2, 1], bytes: floatBytes([1, 2]) },
        { name: 'a', dtype: 'I8', shape: [3], bytes: new Uint8Array(3) },
        { name: 'none', shape: [0], bytes: new Uint8Array(0) },
      ],
      { format: 'pt' },
    );
    const start = file.length - 11;
    expect(await tensorsIn(file)).toEqual([
      { name: 'a', dtype: 'I8', shape: [3], elements: 3, begin: start + 8, end: start + 11 },
      { name: 'b', dtype: 'F32', shape: [2, 1], elements: 2, begin: start, end: start + 8 },
      { name: 'none', dtype: 'F32', shape: [0], elements: 0, begin: start + 11, end: start + 11 },
    ]);
  });

  it('takes a scalar, padding with spaces, and no tensor at all', async () => {
    expect(
      await tensorsIn(
        withHeader('{"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   ', new Uint8Array(4)),
      ),
    ).toHaveLength(1);
    expect(await tensorsIn(withHeader('{}', new Uint8Array(0)))).toEqual([]);
  });

  const lies: [string, string, number][] = [
    ['no JSON', '{', 0],
    ['a space first', ' {}', 0],
    ['an array', '[]', 0],
    ['text after the object', '{}x', 0],
    [
      'the same name twice',
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
      8,
    ],
    ['an overlap', JSON.stringify({ a: tensor(0, 8), b: tensor(4, 12) }), 12],
    ['the same bytes twice', JSON.stringify({ a: tensor(0, 8), b: tensor(0, 8) }), 8],
    ['a hole', JSON.stringify({ a: tensor(0, 4), b: tensor(8, 12) }), 12],
    ['a hole before the first', JSON.stringify({ a: tensor(4, 8) }), 8],
    ['bytes after the last', JSON.stringify({ a: tensor(0, 4) }), 8],
    ['an end beyond the file', JSON.stringify({ a: tensor(0, 8) }), 4],
    ['an end before the beginning', JSON.stringify({ a: { ...tensor(0, 4), data_offsets: [4, 0] } }), 4],
    ['a negative offset', JSON.stringify({ a: { ...tensor(0, 4), data_offsets: [-4, 0] } }), 4],
    ['three offsets', JSON.stringify({ a: { ...tensor(0, 4), data_offsets: [0, 4, 4] } }), 4],
    ['offsets that are no integers', JSON.stringify({ a: { ...tensor(0, 4), data_offsets: [0, 3.5] } }), 4],
    ['a shape larger than the bytes', JSON.stringify({ a: tensor(0, 4, [2]) }), 4],
    [
      'a shape beyond every integer',
      JSON.stringify({ a: tensor(0, 4, [9007199254740991, 9007199254740991]) }),
      4,
    ],
    [
      'a shape that wraps to zero in 64 bits',
      JSON.stringify({ a: tensor(0, 0, [4294967296, 4294967296]) }),
      0,
    ],
    ['a negative size', JSON.stringify({ a: tensor(0, 4, [-1]) }), 4],
    ['too many dimensions', JSON.stringify({ a: tensor(0, 4, Array(33).fill(1) as number[]) }), 4],
    ['a member too many', JSON.stringify({ a: { ...tensor(0, 4), extra: 1 } }), 4],
    ['a member too few', JSON.stringify({ a: { dtype: 'F32', shape: [1] } }), 4],
    ['a dtype that is no text', JSON.stringify({ a: { ...tensor(0, 4), dtype: 4 } }), 4],
    ['a tensor that is null', '{"a":null}', 0],
    ['metadata that are no texts', '{"__metadata__":{"a":1}}', 0],
    ['metadata that are a list', '{"__metadata__":[]}', 0],
    ['a name without end', JSON.stringify({ ['n'.repeat(1025)]: tensor(0, 4) }), 4],
    ['deep nesting', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 0],
  ];
  it.each(lies)('is refused with %s', async (_what, header, size) => {
    await expect(tensorsIn(withHeader(header, new Uint8Array(size)))).rejects.toMatchObject({
      code: 'MEDIA_UNREADABLE',
    });
  });

  it('is refused where the element type is not known', async () => {
    for (const dtype of ['F128', 'constructor', '__proto__']) {
      const file = withHeader(JSON.stringify({ a: tensor(0, 4, [1], dtype) }), new Uint8Array(4));
      await expect(tensorsIn(file)).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED', subject: 'a' });
    }
  });

  it('may be called anything, also what objects have by themselves', async () => {
    const file = withHeader(
      '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      new Uint8Array(4),
    );
    expect((await tensorsIn(file)).map(({ name }) => name)).toEqual(['__proto__']);
  });

  it('is refused beyond its limit, before it is read', async () => {
    const source = await openContent({ bytes: withHeader('{}', new Uint8Array(0)) });
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(MAX_HEADER_BYTES) + 1n);
    const lying = {
      ...source,
      size: MAX_HEADER_BYTES * 2,
      read: (offset: number, into: Uint8Array) => {
        expect(offset).toBe(0);
        into.set(prefix);
        return Promise.resolve();
      },
    };
    await expect(readTensors(lying)).rejects.toMatchObject({ code: 'MEDIA_TOO_LARGE' });
  });

  it('is refused when truncated anywhere', async () => {
    const file = safetensorsFile([{ name: 'a', shape: [4], bytes: floatBytes([1, 2, 3, 4]) }]);
    for (let length = 0; length < file.length; length += 1) {
      await expect(tensorsIn(file.subarray(0, length))).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE' });
    }
  });

  it('never throws anything else', async () => {
    const file = safetensorsFile([{ name: 'a', shape: [4], bytes: floatBytes([1, 2, 3, 4]) }]);
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Uint8Array.from(file);
        changed[at] = byte;
        await tensorsIn(changed).catch((error: unknown) => {
          expect(error).toBeInstanceOf(WatermarkError);
        });
      }),
    );
  });
});
