import { MAX_EVENT_LOG_BYTES } from '../limits';
import { TpmFormatError } from '../tpm-format-error';

const U16 = 2;
const U32 = 4;

/**
 * Reads the little-endian structures of a firmware event log. Every length is compared with what is left before it is
 * used: a size of 2^32 − 1 neither reserves memory nor wraps around.
 */
export class LogReader {
  private readonly bytes: Buffer;
  private offset = 0;

  constructor(bytes: Uint8Array) {
    if (bytes.length > MAX_EVENT_LOG_BYTES) {
      throw new TpmFormatError(`an event log has at most ${MAX_EVENT_LOG_BYTES} bytes`);
    }
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get ended(): boolean {
    return this.offset === this.bytes.length;
  }

  u8(what: string): number {
    return this.take(1, what)[0] ?? 0;
  }

  u16(what: string): number {
    return this.take(U16, what).readUInt16LE();
  }

  u32(what: string): number {
    return this.take(U32, what).readUInt32LE();
  }

  take(length: number, what: string): Buffer {
    if (length > this.bytes.length - this.offset) throw new TpmFormatError(`${what} is cut short`);
    const taken = this.bytes.subarray(this.offset, this.offset + length);
    this.offset += length;
    return taken;
  }
}
