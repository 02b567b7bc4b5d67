import { isPlainObject, isRegistryError, type JsonValue, parseStrictJson } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';
import { type ByteSource } from '../media/byte-source';

/** Bytes before the header: its length, unsigned 64 bits, little-endian. */
export const LENGTH_BYTES = 8;
/** The format allows 100 MB. The largest published shards have some ten thousand tensors, in about 1 MB. */
export const MAX_HEADER_BYTES = 16_777_216;
/** Each takes memory here; mixture-of-experts models have some fifty thousand in all their shards. */
export const MAX_TENSORS = 131_072;
/** No framework goes beyond. */
const MAX_DIMENSIONS = 32;
/** A path of modules. */
const MAX_NAME_LENGTH = 1024;
/** JSON values of one tensor: its object, dtype, two lists, two offsets and its sizes. */
const VALUES_PER_TENSOR = 8 + MAX_DIMENSIONS;
const METADATA = '__metadata__';

/** Bits of one element, by the format's names. */
const DTYPE_BITS: Readonly<Record<string, number>> = {
  ...{ F4: 4, F6_E2M3: 6, F6_E3M2: 6, BOOL: 8, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8 },
  ...{ I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, I64: 64, U64: 64, F64: 64, C64: 64 },
};

/** One tensor of a file. `begin` and `end` are bytes from the start of the file. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly begin: number;
  readonly end: number;
}

function unreadable(what: string, subject?: string): WatermarkError {
  return new WatermarkError('MEDIA_UNREADABLE', `${what} This is no whole safetensors file.`, {
    subject: subject ?? 'header',
  });
}

/**
 * The tensors of a safetensors file in rising order of their names (UTF-16 code units), which re-saving does not change.
 * Everything is checked before any of it is used: tensors must follow each other without holes or overlaps, fill the file to
 * its end, and have as many bytes as dtype and shape say.
 *
 * @throws WatermarkError MEDIA_UNREADABLE, MEDIA_TOO_LARGE, or MEDIA_UNSUPPORTED for an element type that is not known
 */
export async function readTensors(source: ByteSource): Promise<TensorEntry[]> {
  if (source.size < LENGTH_BYTES + 2) throw unreadable('The content is shorter than any header.');
  const prefix = new Uint8Array(LENGTH_BYTES);
  await source.read(0, prefix);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > BigInt(source.size - LENGTH_BYTES)) throw unreadable('The header is longer than the content.');
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new WatermarkError(
      'MEDIA_TOO_LARGE',
      `The header has ${length.toString()} bytes; at most ${MAX_HEADER_BYTES} are read.`,
      { subject: 'header' },
    );
  }
  const header = new Uint8Array(Number(length));
  await source.read(LENGTH_BYTES, header);
  return tensorsOf(header, source.size);
}

/** As readTensors, of the header's bytes and the size of the whole file. */
export function tensorsOf(header: Uint8Array, fileSize: number): TensorEntry[] {
  const start = LENGTH_BYTES + header.length;
  const tensors = Object.entries(parseHeader(header))
    .filter(([name, value]) => name !== METADATA || !isMetadata(value))
    .map(([name, value]) => tensorOf(name, value, start));
  if (tensors.length > MAX_TENSORS) {
    throw new WatermarkError('MEDIA_TOO_LARGE', `The file has more than ${MAX_TENSORS} tensors.`, {
      subject: 'header',
    });
  }
  assertGapless(tensors, start, fileSize);
  return tensors.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parseHeader(header: Uint8Array): Record<string, JsonValue> {
  if (header[0] !== 0x7b) throw unreadable('The header does not begin with a brace.');
  try {
    const value = parseStrictJson(header, {
      maxBytes: MAX_HEADER_BYTES,
      maxDepth: 4,
      maxValues: MAX_TENSORS * VALUES_PER_TENSOR,
    });
    return value as Record<string, JsonValue>;
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    throw unreadable(error.message);
  }
}

function isMetadata(value: JsonValue): boolean {
  if (!isPlainObject(value) || !Object.values(value).every((text) => typeof text === 'string')) {
    throw unreadable('The metadata are not texts by name.', METADATA);
  }
  return true;
}

function tensorOf(name: string, value: JsonValue, start: number): TensorEntry {
  if (name.length > MAX_NAME_LENGTH) throw unreadable('The name of a tensor is too long.');
  if (!isPlainObject(value) || Object.keys(value).length !== 3) {
    throw unreadable('A tensor has not exactly dtype, shape and data_offsets.', name);
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !isSizes(shape, 0, MAX_DIMENSIONS)) {
    throw unreadable('The dtype or shape of a tensor is malformed.', name);
  }
  if (!isSizes(offsets, 2, 2) || offsets[0] > offsets[1]) {
    throw unreadable('The offsets of a tensor are malformed.', name);
  }
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements * elementBits(dtype, name) !== (offsets[1] - offsets[0]) * 8) {
    throw unreadable('The shape of a tensor does not fit its bytes.', name);
  }
  return { name, dtype, shape, elements, begin: start + offsets[0], end: start + offsets[1] };
}

function elementBits(dtype: string, name: string): number {
  if (Object.hasOwn(DTYPE_BITS, dtype)) return DTYPE_BITS[dtype];
  throw new WatermarkError('MEDIA_UNSUPPORTED', 'The element type of a tensor is not known.', {
    subject: name,
  });
}

function isSizes(value: unknown, fewest: number, most: number): value is number[] {
  if (!Array.isArray(value) || value.length < fewest || value.length > most) return false;
  return value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

/** An overlap would let one tensor's bytes change another's; a hole could hide anything. */
function assertGapless(tensors: readonly TensorEntry[], start: number, fileSize: number): void {
  let at = start;
  for (const tensor of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (tensor.begin !== at) {
      throw unreadable(
        tensor.begin < at ? 'Two tensors overlap.' : 'There is a hole between two tensors.',
        tensor.name,
      );
    }
    at = tensor.end;
  }
  if (at !== fileSize) {
    throw unreadable(at > fileSize ? 'A tensor lies beyond the end.' : 'Bytes follow the last tensor.');
  }
}
