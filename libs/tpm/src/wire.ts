import { MAX_STRUCTURE_BYTES } from './limits';
import { TpmFormatError } from './tpm-format-error';

const U16 = 2;
const U32 = 4;
const U64 = 8;

/**
 * Reads big-endian TPM structures. Every length is checked against what is left before it is used, so that a size field
 * can neither read past the end nor reserve memory.
 */
export class WireReader {
  private readonly bytes: Buffer;
  private offset = 0;

  constructor(bytes: Uint8Array) {
    if (bytes.length > MAX_STRUCTURE_BYTES) {
      throw new TpmFormatError(`a TPM structure has at most ${MAX_STRUCTURE_BYTES} bytes`);
    }
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u8(what: string): number {
    return this.bytes.readUInt8(this.skip(1, what));
  }

  u16(what: string): number {
    return this.bytes.readUInt16BE(this.skip(U16, what));
  }

  u32(what: string): number {
    return this.bytes.readUInt32BE(this.skip(U32, what));
  }

  u64(what: string): bigint {
    return this.bytes.readBigUInt64BE(this.skip(U64, what));
  }

  take(length: number, what: string): Buffer {
    const start = this.skip(length, what);
    return this.bytes.subarray(start, start + length);
  }

  /** Where the next `length` bytes begin, once it is clear that they are there. */
  private skip(length: number, what: string): number {
    if (length > this.bytes.length - this.offset) throw new TpmFormatError(`${what} is cut short`);
    const start = this.offset;
    this.offset += length;
    return start;
  }

  /** A TPM2B: u16 size, then that many bytes. */
  sized(what: string, maximum: number): Buffer {
    const size = this.u16(`the size of ${what}`);
    if (size > maximum) throw new TpmFormatError(`${what} has more than ${maximum} bytes`);
    return this.take(size, what);
  }

  end(what: string): void {
    if (this.offset !== this.bytes.length) throw new TpmFormatError(`bytes follow ${what}`);
  }
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(U16);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(U32);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A TPM2B of these bytes. */
export function sized(bytes: Uint8Array): Buffer {
  return Buffer.concat([u16(bytes.length), bytes]);
}
