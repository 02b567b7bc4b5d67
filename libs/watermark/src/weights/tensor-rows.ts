import { WatermarkError } from '../errors/watermark-error';
import { type ByteSource } from '../media/byte-source';
import { type FloatFormat, floatFormatOf } from './float-format';
import { type TensorEntry } from './safetensors-header';
import { rowElements } from './tensor-selection';

/** Bytes read at once, unless a single row is longer. Results do not depend on it. */
const CHUNK_BYTES = 1_048_576;

/** Whole rows of a tensor, read together. */
export interface RowChunk {
  /** Where `raw` stands in the file. */
  readonly offset: number;
  readonly raw: Uint8Array;
  readonly format: FloatFormat;
  readonly rowLength: number;
  /** The numbers of `raw`, row after row; what is not finite is 0 here. */
  readonly values: Float32Array;
  /** Mean size of the weights of each row. */
  readonly means: Float64Array;
}

/** Memory of a chunk, used again for the next one. */
export class RowBuffer {
  #bytes = new Uint8Array(0);
  #numbers = new Float32Array(0);

  raw(length: number): Uint8Array {
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length);
    return this.#bytes.subarray(0, length);
  }

  values(length: number): Float32Array {
    if (this.#numbers.length < length) this.#numbers = new Float32Array(length);
    return this.#numbers.subarray(0, length);
  }
}

/** The rows of one tensor in order. A chunk is valid until the next one is asked for. */
export async function* rowChunks(
  source: ByteSource,
  tensor: TensorEntry,
  buffer: RowBuffer,
  signal?: AbortSignal,
): AsyncGenerator<RowChunk> {
  const format = floatFormatOf(tensor.dtype);
  const rowLength = rowElements(tensor);
  if (format === undefined || rowLength === 0) return;
  const rowBytes = rowLength * format.elementBytes;
  const chunkBytes = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes)) * rowBytes;
  for (let offset = tensor.begin; offset < tensor.end; offset += chunkBytes) {
    if (signal?.aborted === true)
      throw new WatermarkError('ABORTED', 'The work was stopped.', { cause: signal.reason });
    const raw = buffer.raw(Math.min(chunkBytes, tensor.end - offset));
    const values = buffer.values(raw.length / format.elementBytes);
    await source.read(offset, raw);
    format.decode(raw, values);
    yield { offset, raw, format, rowLength, values, means: meansOf(values, rowLength) };
  }
}

function meansOf(values: Float32Array, rowLength: number): Float64Array {
  const means = new Float64Array(values.length / rowLength);
  for (let row = 0; row < means.length; row += 1) {
    const mean = meanSize(values, row * rowLength, rowLength);
    // Of finite singles a double's sum is finite.
    if (mean < Infinity) {
      means[row] = mean;
      continue;
    }
    zeroNonFinite(values.subarray(row * rowLength, (row + 1) * rowLength));
    means[row] = meanSize(values, row * rowLength, rowLength);
  }
  return means;
}

/** Mean size of the weights of a row, summed in their order. */
function meanSize(values: Float32Array, start: number, length: number): number {
  let sum = 0;
  for (let index = start; index < start + length; index += 1) sum += Math.abs(values[index]);
  return sum / length;
}

function zeroNonFinite(values: Float32Array): void {
  for (let index = 0; index < values.length; index += 1) {
    if (!Number.isFinite(values[index])) values[index] = 0;
  }
}
