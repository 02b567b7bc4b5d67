import { log2 } from '../signal/logarithm';

/** Decibels for each doubling of energy. */
const DECIBELS_PER_BIT = 3.0102999566398121;
const SEGMENT_S = 0.025;
/** Mean square below which a segment is silence: −60 dB of full scale. */
const SILENCE = 1e-6;
const LOWEST_DB = -10;
const HIGHEST_DB = 35;

/**
 * Segmental signal-to-noise ratio: mean over segments of 25 ms, whose content is louder than −60 dB of full scale, of
 * 10·log10(energy of the content / energy of the change), each held between −10 and 35 dB. All channels together.
 */
export class SegmentalSnr {
  readonly #length: number;
  #filled = 0;
  #content = 0;
  #change = 0;
  #sum = 0;
  #segments = 0;
  #contentAll = 0;
  #changeAll = 0;

  constructor(rate: number) {
    this.#length = Math.max(1, Math.round(rate * SEGMENT_S));
  }

  /** The same samples of the content and of what became of it; one array a channel. Full scale is 1. */
  push(before: readonly Float64Array[], after: readonly Float64Array[]): void {
    for (let index = 0; index < before[0].length; index += 1) {
      for (let channel = 0; channel < before.length; channel += 1) {
        const value = before[channel][index];
        const difference = after[channel][index] - value;
        this.#content += value * value;
        this.#change += difference * difference;
      }
      this.#filled += 1;
      if (this.#filled === this.#length) this.#close(before.length);
    }
  }

  /** Decibels; 35 where nothing was loud enough to count. */
  result(): { readonly segmental: number; readonly overall: number } {
    return {
      segmental: this.#segments === 0 ? HIGHEST_DB : this.#sum / this.#segments,
      overall: ratio(this.#contentAll, this.#changeAll),
    };
  }

  #close(channels: number): void {
    if (this.#content / (this.#length * channels) > SILENCE) {
      this.#sum += Math.max(LOWEST_DB, Math.min(HIGHEST_DB, ratio(this.#content, this.#change)));
      this.#segments += 1;
    }
    this.#contentAll += this.#content;
    this.#changeAll += this.#change;
    this.#filled = 0;
    this.#content = 0;
    this.#change = 0;
  }
}

function ratio(content: number, change: number): number {
  if (change === 0) return HIGHEST_DB;
  if (content === 0) return LOWEST_DB;
  return DECIBELS_PER_BIT * (log2(content) - log2(change));
}
