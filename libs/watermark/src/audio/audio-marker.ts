import { maskedWord } from '../coding/masked-word';
import { type WatermarkKey } from '../keys/watermark-key';
import { joined } from '../signal/joined';
import { type AudioParams } from './audio-params';
import { blockLayout, cellPattern } from './block-layout';
import { SegmentalSnr } from './segmental-snr';
import { SpectralMarker } from './spectral-marker';

export interface AudioMark {
  readonly params: AudioParams;
  readonly schemeId: string;
  readonly key: WatermarkKey;
  readonly payload: Uint8Array;
}

/**
 * The sign by which each cell of the block is pushed: the payload's frame, coded, masked and laid out.
 *
 * @throws WatermarkError PAYLOAD_MALFORMED
 */
export function markPattern({ params, schemeId, key, payload }: AudioMark): Int8Array {
  const { payload_bits: payloadBits, code } = params;
  const word = maskedWord(key, payload, { schemeId, payloadBits, length: code.length });
  return cellPattern(blockLayout(key, params), word);
}

/** Streaming embedder over samples at their own rate; measures on the way how far they change. */
export class AudioMarker {
  readonly #marker: SpectralMarker;
  readonly #quality: SegmentalSnr;
  /** Content whose marked samples have not come out yet. */
  #waiting: Float64Array[];

  /** @throws WatermarkError PAYLOAD_MALFORMED */
  constructor(mark: AudioMark, rate: number, channels: number) {
    this.#marker = new SpectralMarker(mark.params, markPattern(mark), rate, channels);
    this.#quality = new SegmentalSnr(rate);
    this.#waiting = Array.from({ length: channels }, () => new Float64Array(0));
  }

  /**
   * @param quantize rounds marked samples to what is written, in place, before they are compared
   * @returns marked samples, as many for each channel, of content that was pushed now or before
   */
  push(channels: readonly Float64Array[], quantize: (samples: Float64Array) => void): Float64Array[] {
    this.#waiting = this.#waiting.map((waiting, index) => joined([waiting, channels[index]]));
    return this.#measured(this.#marker.push(channels), quantize);
  }

  /** The rest. */
  end(quantize: (samples: Float64Array) => void): Float64Array[] {
    return this.#measured(this.#marker.end(), quantize);
  }

  /** Decibels (SegmentalSnr). */
  quality(): ReturnType<SegmentalSnr['result']> {
    return this.#quality.result();
  }

  #measured(marked: Float64Array[], quantize: (samples: Float64Array) => void): Float64Array[] {
    marked.forEach(quantize);
    const length = marked[0].length;
    this.#quality.push(
      this.#waiting.map((waiting) => waiting.subarray(0, length)),
      marked,
    );
    this.#waiting = this.#waiting.map((waiting) => waiting.slice(length));
    return marked;
  }
}
