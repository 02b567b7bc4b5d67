import { crc32 } from 'node:zlib';

/** A file inside an archive. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content: Buffer;
}

const BLOCK = 512;
const STORED_LIMIT = 0xffff;

/**
 * A tar archive that depends on names and contents alone: no times, owners or modes of this machine, entries in the
 * given order. Two operators get the same bytes.
 */
export function tar(entries: readonly ArchiveEntry[]): Buffer {
  const parts = entries.flatMap(({ name, content }) => [
    tarHeader(name, content.length),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0, 100, 'utf8');
  header.write(octal(0o100644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(0, 12), 136);
  header.fill(' ', 148, 156);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/**
 * Gzip with stored (uncompressed) blocks: compressors of different zlib versions give different bytes, and the package
 * id is a hash over them. @throws RangeError beyond 64 KiB, far above the two small files a package holds.
 */
export function gzipStored(content: Buffer): Buffer {
  if (content.length > STORED_LIMIT)
    throw new RangeError(`gzipStored: ${content.length} bytes do not fit one stored block`);
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  const block = Buffer.alloc(5);
  block.writeUInt8(1, 0);
  block.writeUInt16LE(content.length, 1);
  block.writeUInt16LE(content.length ^ STORED_LIMIT, 3);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, block, content, trailer]);
}
