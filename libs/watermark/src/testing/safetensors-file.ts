import { type KeyedStream } from '../keys/keyed-stream';

/** Files of tests: tensors one after the other in the order given, and the header that says so. */
export interface TestTensor {
  readonly name: string;
  readonly dtype?: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export function safetensorsFile(
  tensors: readonly TestTensor[],
  metadata?: Record<string, string>,
): Uint8Array {
  let at = 0;
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata };
  for (const { name, dtype = 'F32', shape, bytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  return withHeader(JSON.stringify(header), Buffer.concat(tensors.map(({ bytes }) => bytes)));
}

/** A file of this very header text. */
export function withHeader(header: string, data: Uint8Array): Uint8Array {
  const text = Buffer.from(header, 'utf8');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

/** Little-endian singles. */
export function floatBytes(values: ArrayLike<number>): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  for (let index = 0; index < values.length; index += 1) bytes.writeFloatLE(values[index], 4 * index);
  return bytes;
}

/** A layer as training leaves them: numbers around zero with the spread 0.05, each the sum of four uniform ones. */
export function bellShapedLayer(noise: KeyedStream, name: string, shape: readonly number[]): TestTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, () => {
    const sum = noise.byte() + noise.byte() + noise.byte() + noise.byte() - 510;
    return (0.05 * sum) / 148;
  });
  return { name, shape, bytes: floatBytes(values) };
}
