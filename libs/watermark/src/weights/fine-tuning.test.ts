import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { openContent } from '../media/byte-source';
import { readSchemeDocument } from '../scheme/read-scheme-document';
import { type Detection } from '../scheme/watermark-scheme';
import { floatBytes, safetensorsFile } from '../testing/safetensors-file';
import { accuracy, exampleMaker, newNetwork, type SmallNetwork, train } from '../testing/small-network';
import { floatFormatOf } from './float-format';
import { readTensors } from './safetensors-header';
import { WEIGHTS_PROJECTION } from './weights-scheme';

/** Real training, if of a small network. */
jest.setTimeout(60_000);

const TEMPLATE = join(__dirname, '..', '..', 'schemes', 'weights-projection-v1.json');
const { document } = readSchemeDocument(readFileSync(TEMPLATE));
const key = new WatermarkKey(Buffer.alloc(32, 5));
const noise = new KeyedStream(new WatermarkKey(Buffer.alloc(32, 6)), 'training');
const RATE = 0.01;

function asFile({ layers }: SmallNetwork): Uint8Array {
  return safetensorsFile(
    layers.map(({ rows, columns, weights }, index) => ({
      name: `layer${index}.weight`,
      shape: [rows, columns],
      bytes: floatBytes(weights),
    })),
  );
}

async function fromFile(bytes: Uint8Array): Promise<SmallNetwork> {
  const tensors = await readTensors(await openContent({ bytes }));
  return {
    layers: tensors.map(({ shape, elements, begin, end }) => {
      const weights = new Float32Array(elements);
      floatFormatOf('F32')!.decode(Uint8Array.from(bytes.subarray(begin, end)), weights);
      return { rows: shape[0], columns: shape[1], weights };
    }),
  };
}

/** Root mean square of the difference over that of the weights. */
function moved(from: SmallNetwork, to: SmallNetwork): number {
  const [a, b] = [from, to].map(({ layers }) => layers.flatMap(({ weights }) => [...weights]));
  const change = a.reduce((sum, weight, index) => sum + (weight - b[index]) ** 2, 0);
  return Math.sqrt(change / a.reduce((sum, weight) => sum + weight ** 2, 0));
}

describe('the mark of a network that was trained for real (S2-063)', () => {
  const detect = (network: SmallNetwork): Promise<Detection> =>
    WEIGHTS_PROJECTION.detect({ document, key, content: { bytes: asFile(network) } });
  const firstTask = exampleMaker(32, 4, noise);
  const secondTask = exampleMaker(32, 4, noise);
  const tests = firstTask(500);
  const secondTests = secondTask(500);
  let trained: SmallNetwork;
  let marked: SmallNetwork;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fine-tuning-'));
    trained = newNetwork([32, 128, 160, 4], noise);
    train(trained, firstTask(3000), RATE);
    const output = join(folder, 'marked.safetensors');
    writeFileSync(join(folder, 'trained.safetensors'), asFile(trained));
    await WEIGHTS_PROJECTION.embed!({
      document,
      key,
      content: { path: join(folder, 'trained.safetensors') },
      payload: Buffer.from('0123456789abcdef', 'hex'),
      output,
    });
    marked = await fromFile(readFileSync(output));
    rmSync(folder, { recursive: true });
  });

  it('costs hardly any accuracy, though 25,000 weights are few', () => {
    expect(accuracy(trained, tests)).toBeGreaterThan(0.9);
    expect(accuracy(marked, tests)).toBeGreaterThan(accuracy(trained, tests) - 0.03);
    expect(moved(trained, marked)).toBeLessThan(0.25);
  });

  it('is not there before marking', async () => {
    expect(await detect(trained)).toMatchObject({ decision: 'not-detected' });
  });

  it('survives training on with other data of the same task', async () => {
    const tuned = await fromFile(asFile(marked));
    train(tuned, firstTask(4000), RATE);
    expect(accuracy(tuned, tests)).toBeGreaterThan(0.9);
    expect(await detect(tuned)).toMatchObject({ decision: 'detected', payload: '0123456789abcdef' });
  });

  it('survives training on another task until the network has learned it', async () => {
    const tuned = await fromFile(asFile(marked));
    expect(accuracy(tuned, secondTests)).toBeLessThan(0.5);
    train(tuned, secondTask(4000), RATE);
    expect(accuracy(tuned, secondTests)).toBeGreaterThan(0.85);
    expect(moved(marked, tuned)).toBeGreaterThan(0.05);
    expect(await detect(tuned)).toMatchObject({ decision: 'detected', payload: '0123456789abcdef' });
  });

  it('is not in a network that was trained from another start', async () => {
    const other = newNetwork([32, 128, 160, 4], noise);
    train(other, firstTask(3000), RATE);
    expect(accuracy(other, tests)).toBeGreaterThan(0.9);
    expect(await detect(other)).toMatchObject({ decision: 'not-detected' });
  });
});
