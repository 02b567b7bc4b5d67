import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParamsDocument } from '@maker-registry/protocol';
import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { openContent } from '../media/byte-source';
import { schemeOf } from '../scheme/scheme-table';
import { type Detection, type EmbedReport } from '../scheme/watermark-scheme';
import { bellShapedLayer, safetensorsFile } from '../testing/safetensors-file';
import { readTensors } from './safetensors-header';
import { WEIGHTS_PROJECTION } from './weights-scheme';

const SCHEMES = join(__dirname, '..', '..', 'schemes');
const document = JSON.parse(
  readFileSync(join(SCHEMES, 'weights-projection-v1.json'), 'utf8'),
) as ParamsDocument;
const key = new WatermarkKey(Buffer.alloc(32, 1));
const noise = new KeyedStream(new WatermarkKey(Buffer.alloc(32, 9)), 'weights of tests');
const PAYLOAD = Buffer.from('0123456789abcdef', 'hex');

const layer = (name: string, shape: readonly number[]) => bellShapedLayer(noise, name, shape);

const LAYERS = [
  layer('fc1.weight', [256, 96]),
  layer('fc1.bias', [256]),
  layer('fc2.weight', [128, 256]),
  { name: 'ids', dtype: 'I64', shape: [4], bytes: new Uint8Array(32) },
];

describe('the mark in model weights', () => {
  let folder: string;
  let input: string;
  let output: string;
  let report: EmbedReport;

  const detect = (
    path: string,
    with_: Partial<{ document: ParamsDocument; key: WatermarkKey }> = {},
  ): Promise<Detection> => WEIGHTS_PROJECTION.detect({ document, key, content: { path }, ...with_ });
  const embed = (options: Partial<Parameters<NonNullable<typeof WEIGHTS_PROJECTION.embed>>[0]> = {}) =>
    WEIGHTS_PROJECTION.embed!({
      document,
      key,
      content: { path: input },
      payload: PAYLOAD,
      output,
      ...options,
    });
  const file = (name: string, bytes: Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const variant = (change: Record<string, unknown>): ParamsDocument => ({
    ...document,
    params: { ...document.params, ...change } as ParamsDocument['params'],
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weights-'));
    input = file('model.safetensors', safetensorsFile(LAYERS, { format: 'pt' }));
    output = join(folder, 'marked.safetensors');
    report = await embed();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is read back with its payload and a p-value far below the threshold', async () => {
    const found = await detect(output);
    expect(found).toMatchObject({ decision: 'detected', payload: '0123456789abcdef', bits: 64 });
    expect(found.log10_p).toBeLessThan(-40);
    expect(found.local.map(({ place }) => place)).toEqual(['tensor fc2.weight', 'tensor fc1.weight']);
  });

  it('reports how far the weights changed', () => {
    expect(report).toMatchObject({ payload_bits: 64, tensors: 2, weights: 256 * 96 + 128 * 256 });
    expect(report['relative_change']).toBeGreaterThan(0.05);
    expect(report['relative_change']).toBeLessThan(0.3);
    expect(report['snr']).toBeGreaterThan(12);
  });

  it('changes nothing but the selected tensors', async () => {
    const [before, after] = [readFileSync(input), readFileSync(output)];
    expect(after.length).toBe(before.length);
    const tensors = await readTensors(await openContent({ bytes: before }));
    const changed = tensors
      .filter(({ begin, end }) => !before.subarray(begin, end).equals(after.subarray(begin, end)))
      .map(({ name }) => name);
    expect(changed).toEqual(['fc1.weight', 'fc2.weight']);
    const header = Math.min(...tensors.map(({ begin }) => begin));
    expect(after.subarray(0, header).equals(before.subarray(0, header))).toBe(true);
  });

  it('is embedded to the same bytes each time, from a file and from memory', async () => {
    const again = join(folder, 'again.safetensors');
    await embed({ content: { bytes: readFileSync(input) }, output: again });
    expect(readFileSync(again).equals(readFileSync(output))).toBe(true);
    rmSync(again);
  });

  it('is put into a copy of a file that nobody may write to', async () => {
    const path = file('read-only.safetensors', readFileSync(input));
    chmodSync(path, 0o444);
    const marked = join(folder, 'writable.safetensors');
    await embed({ content: { path }, output: marked });
    expect(statSync(marked).mode & 0o777).toBe(0o644);
    expect(statSync(path).mode & 0o777).toBe(0o444);
    expect(readFileSync(marked).equals(readFileSync(output))).toBe(true);
  });

  it('changes nothing where it stands already, and says so in figures that JSON has', async () => {
    const own = document.params['embedding'] as object;
    const weaker = variant({ embedding: { ...own, min_margin_percent: 50, max_margin_percent: 50 } });
    const twice = join(folder, 'twice.safetensors');
    const again = await embed({ document: weaker, content: { path: output }, output: twice });
    expect(again).toMatchObject({ relative_change: 0, weights_changed: 0 });
    expect(JSON.parse(JSON.stringify(again))).toEqual(again);
  });

  it('is not found in the unmarked file, nor with another key', async () => {
    expect(await detect(input)).toMatchObject({ decision: 'not-detected', p_value: '1' });
    const other = new WatermarkKey(Buffer.alloc(32, 2));
    expect(await detect(output, { key: other })).toMatchObject({ decision: 'not-detected' });
  });

  it('is no mark of a scheme with another id, whose header differs', async () => {
    expect(await detect(output, { document: { ...document, scheme_id: 'another' } })).not.toHaveProperty(
      'payload',
    );
  });

  it('is found whatever the order of tensors in the file, and beside others', async () => {
    const bytes = readFileSync(output);
    const tensors = await readTensors(await openContent({ bytes }));
    const reordered = [...tensors].reverse().map(({ name, dtype, shape, begin, end }) => ({
      name,
      dtype,
      shape,
      bytes: bytes.subarray(begin, end),
    }));
    const path = file('reordered.safetensors', safetensorsFile([layer('aaa', [64, 64]), ...reordered]));
    expect(await detect(path)).toMatchObject({ decision: 'detected', payload: '0123456789abcdef' });
  });

  it('says which layers still carry it, when others were replaced', async () => {
    const bytes = readFileSync(output);
    const tensors = await readTensors(await openContent({ bytes }));
    const replaced = tensors.find(({ name }) => name === 'fc1.weight')!;
    bytes.set(layer('fc1.weight', [256, 96]).bytes, replaced.begin);
    const found = await detect(file('replaced.safetensors', bytes));
    expect(found).toMatchObject({ decision: 'detected', payload: '0123456789abcdef' });
    const chances = Object.fromEntries(found.local.map(({ place, p_value }) => [place, Number(p_value)]));
    expect(chances['tensor fc2.weight']).toBeLessThan(1e-20);
    expect(chances['tensor fc1.weight']).toBeGreaterThan(0.01);
  });

  it('is found in one layer that was put among many of another model', async () => {
    const bytes = readFileSync(output);
    const tensors = await readTensors(await openContent({ bytes }));
    const { begin, end, ...kept } = tensors.find(({ name }) => name === 'fc2.weight')!;
    const others = ['x', 'y', 'z'].map((name) => layer(name, [256, 256]));
    const model = safetensorsFile([{ ...kept, bytes: bytes.subarray(begin, end) }, ...others]);
    expect(await detect(file('patchwork.safetensors', model))).toMatchObject({
      decision: 'detected',
      payload: '0123456789abcdef',
    });
  });

  it('does not care how each row is scaled, and passes over what is no number', async () => {
    const bytes = readFileSync(output);
    const tensors = await readTensors(await openContent({ bytes }));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (const { begin, end } of tensors.filter(({ shape }) => shape.length === 2)) {
      for (let at = begin; at < end; at += 4) {
        const scale = 0.1 + (((at - begin) >> 10) % 7);
        view.setFloat32(at, view.getFloat32(at, true) * scale, true);
      }
      view.setFloat32(begin, NaN, true);
      view.setFloat32(begin + 4, Infinity, true);
    }
    expect(await detect(file('scaled.safetensors', bytes))).toMatchObject({ payload: '0123456789abcdef' });
  });

  it('is put into half-precision weights and leaves their zeros and NaNs alone', async () => {
    const words = Uint16Array.from({ length: 32768 }, () => 0x3c00 + noise.below(512) + (noise.bit() << 15));
    words[5] = 0;
    words[7] = 0x7fc0;
    const bytes = new Uint8Array(words.buffer);
    for (const dtype of ['F16', 'BF16']) {
      const path = file(
        'half.safetensors',
        safetensorsFile([{ name: 'w', dtype, shape: [128, 256], bytes }]),
      );
      const marked = join(folder, 'half-marked.safetensors');
      await embed({ content: { path }, output: marked });
      expect(await detect(marked)).toMatchObject({ payload: '0123456789abcdef' });
      const after = readFileSync(marked).subarray(-bytes.length);
      expect([after.readUInt16LE(10), after.readUInt16LE(14)]).toEqual([0, 0x7fc0]);
    }
  });

  it('reports progress that never falls and ends at 1', async () => {
    const parts: number[] = [];
    await embed({ output: join(folder, 'progress.safetensors'), onProgress: (part) => parts.push(part) });
    expect(parts.at(-1)).toBeCloseTo(1);
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
  });

  describe('is refused and leaves no file', () => {
    const refused = 'refused.safetensors';
    const attempt = (options: Parameters<typeof embed>[0]) =>
      embed({ output: join(folder, refused), ...options });
    afterEach(() => {
      expect(readdirSync(folder).filter((name) => name.includes('refused'))).toEqual([]);
    });

    it('for too few weights', async () => {
      const bytes = safetensorsFile([layer('w', [32, 64])]);
      await expect(attempt({ content: { bytes } })).rejects.toMatchObject({ code: 'MEDIA_TOO_SMALL' });
    });

    it('for weights that are all zero', async () => {
      const bytes = safetensorsFile([{ name: 'w', shape: [128, 128], bytes: new Uint8Array(65536) }]);
      await expect(attempt({ content: { bytes } })).rejects.toMatchObject({ code: 'MEDIA_TOO_SMALL' });
    });

    it('where the limit of change is too tight for what is there', async () => {
      const embedding = { ...(document.params['embedding'] as object), change_limit_percent: 1 };
      await expect(attempt({ document: variant({ embedding }) })).rejects.toMatchObject({
        code: 'MEDIA_TOO_SMALL',
      });
    });

    it('for a file without tensors', async () => {
      await expect(attempt({ content: { bytes: safetensorsFile([]) } })).rejects.toMatchObject({
        code: 'MEDIA_TOO_SMALL',
      });
    });

    it('for a payload of another length', async () => {
      for (const length of [0, 7, 9]) {
        await expect(attempt({ payload: Buffer.alloc(length) })).rejects.toMatchObject({
          code: 'PAYLOAD_MALFORMED',
        });
      }
    });

    it('for a key that the document does not commit to', async () => {
      const committed = { ...document, key_commitment: 'ab'.repeat(32) };
      await expect(attempt({ document: committed })).rejects.toMatchObject({
        code: 'KEY_COMMITMENT_MISMATCH',
      });
      await expect(detect(output, { document: committed })).rejects.toMatchObject({
        code: 'KEY_COMMITMENT_MISMATCH',
      });
    });

    it('for a truncated file, a folder and no file', async () => {
      const bytes = readFileSync(input).subarray(0, 3000);
      await expect(attempt({ content: { bytes } })).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE' });
      await expect(attempt({ content: { path: folder } })).rejects.toMatchObject({
        code: 'MEDIA_UNREADABLE',
      });
      await expect(attempt({ content: { path: join(folder, 'none') } })).rejects.toMatchObject({
        code: 'MEDIA_UNREADABLE',
      });
    });

    it('when the caller stops', async () => {
      const signal = AbortSignal.abort();
      await expect(attempt({ signal })).rejects.toMatchObject({ code: 'ABORTED' });
      await expect(
        WEIGHTS_PROJECTION.detect({ document, key, content: { path: output }, signal }),
      ).rejects.toMatchObject({ code: 'ABORTED' });
    });

    it('for parameters out of range or against each other', async () => {
      const own = document.params;
      const { embedding, selection, code } = own as Record<string, object>;
      const bad: Record<string, unknown>[] = [
        { hypotheses: 64 },
        { code: { ...code, length: 64 } },
        { embedding: { ...embedding, min_margin_percent: 500, max_margin_percent: 499 } },
        { embedding: { ...embedding, change_limit_percent: 91 } },
        { embedding: { ...embedding, relative_change_ppm: 0 } },
        { selection: { ...selection, min_elements: 1 } },
        { selection: { ...selection, exclude_names: [''] } },
        { local_tensors: -1 },
        { local_tensors: 1.5 },
        { payload_bits: 0 },
        { threshold: { p_value: '0.001', inconclusive_p_value: '0.001' } },
        { unknown: 1 },
      ];
      for (const change of bad) {
        const run = async () => {
          await schemeOf(variant(change)).detect({
            document: variant(change),
            key,
            content: { path: input },
          });
        };
        await expect(run()).rejects.toMatchObject({ code: 'PARAMS_OUT_OF_RANGE' });
      }
    });
  });

  it('keeps the old output when it fails', async () => {
    const path = file('kept.safetensors', Buffer.from('old'));
    await expect(embed({ content: { bytes: safetensorsFile([]) }, output: path })).rejects.toThrow();
    expect(readFileSync(path, 'utf8')).toBe('old');
  });
});
