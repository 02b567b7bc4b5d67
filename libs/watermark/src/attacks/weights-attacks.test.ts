import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openContent } from '../media/byte-source';
import { evaluateScheme, type EvaluationTable } from '../evaluate/evaluate-scheme';
import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { readSchemeDocument } from '../scheme/read-scheme-document';
import { bellShapedLayer, floatBytes, safetensorsFile } from '../testing/safetensors-file';
import { floatFormatOf } from '../weights/float-format';
import { readTensors } from '../weights/safetensors-header';
import { attacksOn } from './attack-table';

/** Every attack on a model of a hundred thousand weights; a busy machine takes its time. */
jest.setTimeout(60_000);

const TEMPLATE = join(__dirname, '..', '..', 'schemes', 'weights-projection-v1.json');
const ATTACKS = attacksOn('weights');
/** Neurons in another order: specification, "What removes it". */
const KNOWN_TO_REMOVE = ['permute-rows'];

describe('attacks on model weights', () => {
  let folder: string;
  let table: EvaluationTable;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weights-attacks-'));
    const noise = new KeyedStream(new WatermarkKey(Buffer.alloc(32, 3)), 'model');
    const layers = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => bellShapedLayer(noise, name, [128, 128]));
    const input = join(folder, 'model.safetensors');
    writeFileSync(input, safetensorsFile(layers));
    table = await evaluateScheme({
      ...readSchemeDocument(readFileSync(TEMPLATE)),
      key: new WatermarkKey(Buffer.alloc(32, 1)),
      payload: Buffer.from('0123456789abcdef', 'hex'),
      input,
      attacks: ATTACKS,
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('finds no mark before embedding', () => {
    expect(table.rows[0]).toMatchObject({ attack: 'unmarked', decision: 'not-detected' });
  });

  it.each(ATTACKS.map(({ name }) => name))('%s', (name) => {
    const row = table.rows.find(({ attack }) => attack === name);
    const isKept = !KNOWN_TO_REMOVE.includes(name);
    expect(row).toMatchObject({ decision: isKept ? 'detected' : 'not-detected', payload_exact: isKept });
  });

  describe('do what their names say', () => {
    const values = [0.5, -1, 0.25, 2, -0.75, 0.1, 0.3, -4];

    async function attacked(name: string, numbers = values): Promise<number[]> {
      const input = join(folder, 'tiny.safetensors');
      const output = join(folder, 'tiny-attacked.safetensors');
      const bias = { name: 'bias', shape: [2], bytes: floatBytes([5, 6]) };
      writeFileSync(input, safetensorsFile([{ name: 'w', shape: [2, 4], bytes: floatBytes(numbers) }, bias]));
      await ATTACKS.find((attack) => attack.name === name)!.apply(input, output);
      const bytes = readFileSync(output);
      const tensors = await readTensors(await openContent({ bytes }));
      const w = tensors.find((tensor) => tensor.name === 'w')!;
      const read = new Float32Array(w.elements);
      floatFormatOf(w.dtype)!.decode(Uint8Array.from(bytes.subarray(w.begin, w.end)), read);
      return [...read];
    }

    it('pruning sets the smallest to zero', async () => {
      expect(await attacked('prune-50')).toEqual([0, -1, 0, 2, -0.75, 0, 0, -4]);
    });

    it('quantization leaves multiples of one step', async () => {
      const step = 4 / 7;
      expect(await attacked('int4-block-32')).toEqual(
        [1, -2, 0, 4, -1, 0, 1, -7].map((n) => Math.fround(n * step)),
      );
    });

    it('casting changes the type and rounds to nearest', async () => {
      expect(await attacked('cast-bf16')).toEqual([0.5, -1, 0.25, 2, -0.75, 0.10009765625, 0.30078125, -4]);
      expect((await attacked('cast-f16'))[5]).toBe(0.0999755859375);
    });

    it('noise is of the size that is said, and the same each time', async () => {
      const noisy = await attacked('noise-10');
      const spread = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / 8);
      noisy.forEach((value, index) => {
        expect(Math.abs(value - values[index])).toBeLessThan(0.35 * spread);
      });
      expect(await attacked('noise-10')).toEqual(noisy);
    });

    it('rows are scaled as wholes', async () => {
      const factors = (await attacked('scale-rows')).map((value, index) => value / values[index]);
      expect(factors[1]).toBeCloseTo(factors[0], 5);
      expect(factors[5]).toBeCloseTo(factors[4], 5);
      expect(factors[0]).not.toBeCloseTo(factors[4], 2);
    });

    it('all zeros stay zeros', async () => {
      for (const { name } of ATTACKS.filter((attack) => attack.name !== 'overwrite')) {
        expect(await attacked(name, Array<number>(8).fill(0))).toEqual(Array<number>(8).fill(0));
      }
    });
  });

  it('are refused on what is no safetensors file, and leave nothing', async () => {
    const input = join(folder, 'text.safetensors');
    writeFileSync(input, 'no weights at all');
    for (const attack of ATTACKS) {
      await expect(attack.apply(input, join(folder, 'none'))).rejects.toMatchObject({
        code: 'MEDIA_UNREADABLE',
      });
    }
    expect(() => readFileSync(join(folder, 'none'))).toThrow('ENOENT');
  });

  it.each([
    ['I8', 1_073_741_825, 1],
    ['BF16', 268_435_457, 2],
    ['F32', 268_435_457, 4],
  ])('are refused on a tensor of %s that is too large to hold', async (dtype, elements, size) => {
    const input = join(folder, 'large.safetensors');
    const tensor = { dtype, shape: [1, elements], data_offsets: [0, elements * size] };
    const header = Buffer.from(JSON.stringify({ large: tensor }));
    const length = Buffer.alloc(8);
    length.writeUInt32LE(header.length);
    writeFileSync(input, Buffer.concat([length, header]));
    // Sparse: it takes no room on a disk.
    truncateSync(input, 8 + header.length + elements * size);
    const attack = ATTACKS.find(({ name }) => name === 'prune-50')!;
    await expect(attack.apply(input, join(folder, 'none'))).rejects.toMatchObject({
      code: 'MEDIA_TOO_LARGE',
      subject: 'large',
    });
    rmSync(input);
  });

  it('stop when the caller stops', async () => {
    const input = join(folder, 'model.safetensors');
    for (const attack of ATTACKS) {
      const run = attack.apply(input, join(folder, 'none'), AbortSignal.abort());
      await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    }
  });
});
