import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MeasuredContent } from './measure-content';

/** Rows and columns of the tensors of each made model: small, middling, wide. */
const MODELS = [
  {
    id: 'weights-random-small',
    kind: 'random',
    shapes: [
      [128, 128],
      [256, 128],
    ],
    structure: 0,
  },
  {
    id: 'weights-random',
    kind: 'random',
    shapes: [
      [256, 256],
      [512, 256],
      [256, 512],
    ],
    structure: 0,
  },
  {
    id: 'weights-low-rank',
    kind: 'structured',
    shapes: [
      [256, 256],
      [512, 256],
      [256, 512],
    ],
    structure: 1,
  },
  {
    id: 'weights-heavy-tailed',
    kind: 'structured',
    shapes: [
      [384, 256],
      [256, 384],
    ],
    structure: 2,
  },
] as const;

/** safetensors files of made weights: Gaussian, of low rank beside noise, and with heavy tails. */
export async function madeWeights(folder: string): Promise<readonly MeasuredContent[]> {
  await mkdir(folder, { recursive: true });
  const made = [];
  for (const { id, kind, shapes, structure } of MODELS) {
    const path = join(folder, `${id}.safetensors`);
    const bytes = safetensors(shapes, gaussians(id), structure);
    await writeFile(path, bytes);
    made.push({ id, kind, path, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  return made;
}

function safetensors(
  shapes: readonly (readonly [number, number])[],
  next: () => number,
  structure: 0 | 1 | 2,
): Buffer {
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let offset = 0;
  shapes.forEach(([rows, columns], at) => {
    const values = tensor(rows, columns, next, structure);
    header[`layers.${at}.weight`] = {
      ...{ dtype: 'F32', shape: [rows, columns] },
      data_offsets: [offset, offset + values.byteLength],
    };
    offset += values.byteLength;
    parts.push(Buffer.from(values.buffer));
  });
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([size, padded, ...parts]);
}

function tensor(rows: number, columns: number, next: () => number, structure: 0 | 1 | 2): Float32Array {
  const values = new Float32Array(rows * columns);
  const left = Float64Array.from({ length: rows }, next);
  const right = Float64Array.from({ length: columns }, next);
  for (let at = 0; at < values.length; at += 1) {
    const noise = next();
    const shared = (left[Math.floor(at / columns)] ?? 0) * (right[at % columns] ?? 0);
    values[at] =
      0.02 * (structure === 0 ? noise : structure === 1 ? shared + 0.5 * noise : noise * noise * noise);
  }
  return values;
}

/** Standard normal numbers from a hash in counter mode, by Box and Muller. */
function gaussians(seed: string): () => number {
  let counter = 0;
  let spare: number[] = [];
  return () => {
    if (spare.length === 0) {
      const bytes = createHash('sha512').update(`${seed} ${counter}`).digest();
      counter += 1;
      spare = Array.from({ length: 8 }, (_, pair) => {
        const radius = Math.sqrt(-2 * Math.log((bytes.readUInt32LE(pair * 8) + 1) / 2 ** 32));
        return radius * Math.cos((2 * Math.PI * bytes.readUInt32LE(pair * 8 + 4)) / 2 ** 32);
      });
    }
    return spare.pop() ?? 0;
  };
}
