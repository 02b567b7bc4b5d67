import { open } from 'node:fs/promises';
import { WatermarkError } from '../errors/watermark-error';
import { type ByteSource, openContent } from '../media/byte-source';
import { writeReplaced } from '../media/replaced-file';
import { type FloatFormat, floatFormatOf } from '../weights/float-format';
import { readTensors, type TensorEntry } from '../weights/safetensors-header';

/** Bytes of a tensor that is attacked as a whole, in memory: as it is stored, or as single-precision numbers. */
const MAX_TENSOR_BYTES = 1_073_741_824;
const NUMBER_BYTES = 4;
/** Rounds to the nearer neighbour. */
const NEAREST = 0.5;

/** How a file of weights is written anew. */
export interface WeightsRewrite {
  /** Changes the numbers of a float tensor in place. */
  readonly change?: (values: Float32Array, tensor: TensorEntry) => void;
  /** Element type of all float tensors; as they are where not given. */
  readonly dtype?: FloatFormat['dtype'];
  /** Which tensors are written, and in which order; as they stand in the file where not given. */
  readonly arrange?: (tensors: readonly TensorEntry[]) => readonly TensorEntry[];
}

interface OutputTensor {
  readonly tensor: TensorEntry;
  readonly dtype: string;
  readonly bytes: number;
}

/** Reads a safetensors file and writes another one of changed tensors, one at a time. Metadata are not kept. */
export async function rewriteWeights(
  input: string,
  output: string,
  rewrite: WeightsRewrite,
  signal?: AbortSignal,
): Promise<void> {
  const source = await openContent({ path: input });
  try {
    const stored = [...(await readTensors(source))].sort((a, b) => a.begin - b.begin);
    const tensors = (rewrite.arrange?.(stored) ?? stored).map((tensor) => outputTensor(tensor, rewrite));
    await writeReplaced(output, async (temporary) => {
      const file = await open(temporary, 'wx');
      try {
        await file.write(headerOf(tensors));
        for (const each of tensors) {
          if (signal?.aborted === true) throw new WatermarkError('ABORTED', 'The attack was stopped.');
          await file.write(await bytesOf(source, each, rewrite));
        }
      } finally {
        await file.close();
      }
    });
  } finally {
    await source.close();
  }
}

function outputTensor(tensor: TensorEntry, { dtype }: WeightsRewrite): OutputTensor {
  const format = floatFormatOf(tensor.dtype);
  const stored = tensor.end - tensor.begin;
  const held = format === undefined ? stored : tensor.elements * NUMBER_BYTES;
  if (held > MAX_TENSOR_BYTES) {
    throw new WatermarkError('MEDIA_TOO_LARGE', `A tensor takes more than ${MAX_TENSOR_BYTES} bytes.`, {
      subject: tensor.name,
    });
  }
  if (format === undefined) return { tensor, dtype: tensor.dtype, bytes: stored };
  const written = floatFormatOf(dtype ?? tensor.dtype) ?? format;
  return { tensor, dtype: written.dtype, bytes: tensor.elements * written.elementBytes };
}

function headerOf(tensors: readonly OutputTensor[]): Uint8Array {
  let at = 0;
  const header = tensors.map(({ tensor: { name, shape }, dtype, bytes }) => {
    at += bytes;
    return [name, { dtype, shape, data_offsets: [at - bytes, at] }] as const;
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)), 'utf8');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
}

async function bytesOf(
  source: ByteSource,
  { tensor, dtype, bytes }: OutputTensor,
  { change }: WeightsRewrite,
): Promise<Uint8Array> {
  const raw = new Uint8Array(tensor.end - tensor.begin);
  await source.read(tensor.begin, raw);
  const from = floatFormatOf(tensor.dtype);
  const to = floatFormatOf(dtype);
  if (from === undefined || to === undefined) return raw;
  const values = new Float32Array(tensor.elements);
  from.decode(raw, values);
  change?.(values, tensor);
  const result = new Uint8Array(bytes);
  for (let index = 0; index < values.length; index += 1) to.encode(result, index, values[index], NEAREST);
  return result;
}
