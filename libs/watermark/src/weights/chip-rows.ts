import { KeyedStream } from '../keys/keyed-stream';
import { type WatermarkKey } from '../keys/watermark-key';

/**
 * Which weight speaks for which code bit, and with which sign. The stream is that of the tensor's name: neither the order of
 * tensors in the file nor the presence of others matters, and rows added at the end leave the earlier ones where they are.
 */
export class ChipRows {
  readonly #stream: KeyedStream;
  readonly #codeLength: number;

  constructor(key: WatermarkKey, tensorName: string, codeLength: number) {
    this.#stream = new KeyedStream(key, `weights-chips ${tensorName}`);
    this.#codeLength = codeLength;
  }

  /** Of the next row: its j-th weight speaks for code bit (slot + j) mod length, against it where chip bit j is 1. */
  next(rowLength: number): RowChips {
    return {
      slot: this.#stream.below(this.#codeLength),
      chips: this.#stream.bytes((rowLength + 7) >> 3),
    };
  }
}

export interface RowChips {
  readonly slot: number;
  /** Eight to a byte, most significant first. */
  readonly chips: Uint8Array;
}
