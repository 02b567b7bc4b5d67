import { exp2 } from '../signal/logarithm';
import { fourier, inverseFourier } from '../signal/fourier';
import { joined } from '../signal/joined';
import { cosineTable } from '../signal/trigonometry';
import { type AudioParams } from './audio-params';
import { changePlan } from './change-plan';

/** log2(10) / 1000: hundredths of a decibel of energy to powers of two. */
const CENTIBEL_BITS = 0.0033219280948873623;
/** Frames last at most so many seconds. */
const LONGEST_FRAME_S = 0.033;

/**
 * Streaming embedder: frame by frame (root-Hann window, half overlapped) the spectral lines of each band are multiplied by
 * 1 ± change, the sign being that of the cell. All channels get the same gains.
 */
export class SpectralMarker {
  readonly #params: AudioParams;
  readonly #pattern: Int8Array;
  readonly #rate: number;
  readonly #size: number;
  readonly #window: Float64Array;
  readonly #bandOf: Int16Array;
  readonly #allowed: number;
  /** Per channel: input not yet fully marked, and the change collected for it. */
  #kept: Float64Array[];
  #changes: Float64Array[];
  /** Number of the first kept sample; the first frame starts half a frame before the content. */
  #start: number;

  constructor(params: AudioParams, pattern: Int8Array, rate: number, channels: number) {
    this.#params = params;
    this.#pattern = pattern;
    this.#rate = rate;
    let size = 64;
    while (size * 2 <= rate * LONGEST_FRAME_S) size *= 2;
    this.#size = size;
    const cosines = cosineTable(size);
    this.#window = Float64Array.from({ length: size }, (_, index) => Math.sqrt(0.5 - 0.5 * cosines[index]));
    this.#bandOf = bandOfLines(params, rate, size);
    this.#allowed = exp2(-params.embedding.distance_cdb * CENTIBEL_BITS);
    const half = size / 2;
    this.#start = -half;
    this.#kept = Array.from({ length: channels }, () => new Float64Array(half));
    this.#changes = Array.from({ length: channels }, () => new Float64Array(size));
  }

  /** Marked samples that the input up to here decides: as many for each channel. */
  push(channels: readonly Float64Array[]): Float64Array[] {
    this.#kept = this.#kept.map((kept, index) => joined([kept, channels[index]]));
    const half = this.#size / 2;
    const outputs: Float64Array[][] = this.#kept.map(() => []);
    let at = 0;
    for (; at + this.#size <= this.#kept[0].length; at += half) {
      this.#markFrame(at);
      for (const [index, kept] of this.#kept.entries()) {
        const changes = this.#changes[index];
        if (this.#start + at >= 0)
          outputs[index].push(sumOf(kept.subarray(at, at + half), changes.subarray(0, half)));
        changes.copyWithin(0, half);
        changes.fill(0, half);
      }
    }
    this.#kept = this.#kept.map((kept) => kept.slice(at));
    this.#start += at;
    return outputs.map(joined);
  }

  /** The rest. */
  end(): Float64Array[] {
    const rest = this.#kept[0].length;
    const silence = new Float64Array(this.#size);
    const skip = Math.max(0, -this.#start);
    return this.push(this.#kept.map(() => silence)).map((output) => output.subarray(0, rest - skip));
  }

  #markFrame(at: number): void {
    const size = this.#size;
    const spectra = pairs(this.#kept).map(([left, right]) => this.#spectrum(left, right, at));
    const energies = new Float64Array(this.#params.layout.bands);
    let total = 0;
    for (const { real, imaginary } of spectra) {
      for (let line = 1; line < size; line += 1) {
        const energy = real[line] * real[line] + imaginary[line] * imaginary[line];
        total += energy;
        const band = this.#bandOf[line];
        if (band >= 0) energies[band] += energy;
      }
    }
    if (total === 0) return;
    const factors = changePlan(energies, total * this.#allowed, this.#wanted(this.#start + at + size / 2));
    for (const [index, { real, imaginary }] of spectra.entries()) {
      for (let line = 0; line < size; line += 1) {
        const band = this.#bandOf[line];
        const factor = band >= 0 ? factors[band] : 0;
        real[line] *= factor;
        imaginary[line] *= factor;
      }
      inverseFourier(real, imaginary);
      this.#add(this.#changes[2 * index], real);
      if (2 * index + 1 < this.#changes.length) this.#add(this.#changes[2 * index + 1], imaginary);
    }
  }

  /** Factor − 1 of each band's amplitudes in the frame whose middle is sample `middle`, were energy no matter. */
  #wanted(middle: number): Float64Array {
    const { layout, embedding } = this.#params;
    const slot = Math.floor((Math.max(0, middle) * 1_000_000) / (this.#rate * layout.slot_us)) % layout.slots;
    const up = embedding.max_change / 1000;
    const down = up / (1 + up);
    const cell = slot * layout.bands;
    return Float64Array.from({ length: layout.bands }, (_, band) =>
      this.#pattern[cell + band] > 0 ? up : -down,
    );
  }

  #spectrum(
    left: Float64Array,
    right: Float64Array | undefined,
    at: number,
  ): { real: Float64Array; imaginary: Float64Array } {
    const real = new Float64Array(this.#size);
    const imaginary = new Float64Array(this.#size);
    for (let index = 0; index < this.#size; index += 1) {
      real[index] = left[at + index] * this.#window[index];
      if (right !== undefined) imaginary[index] = right[at + index] * this.#window[index];
    }
    fourier(real, imaginary);
    return { real, imaginary };
  }

  #add(changes: Float64Array, frame: Float64Array): void {
    for (let index = 0; index < frame.length; index += 1)
      changes[index] += frame[index] * this.#window[index];
  }
}

/** Band of each spectral line, mirrored for the negative frequencies; −1 outside. */
function bandOfLines(params: AudioParams, rate: number, size: number): Int16Array {
  const { first_hz: first, band_hz: width, bands } = params.layout;
  const bandOf = new Int16Array(size).fill(-1);
  for (let line = 1; line < size / 2; line += 1) {
    const band = Math.floor(((line * rate) / size - first) / width);
    if (band < 0 || band >= bands) continue;
    bandOf[line] = band;
    bandOf[size - line] = band;
  }
  return bandOf;
}

function pairs(channels: readonly Float64Array[]): (readonly [Float64Array, Float64Array | undefined])[] {
  const result: (readonly [Float64Array, Float64Array | undefined])[] = [];
  for (let index = 0; index < channels.length; index += 2)
    result.push([channels[index], channels.at(index + 1)]);
  return result;
}

function sumOf(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value + b[index]);
}
