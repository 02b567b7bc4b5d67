import { execFile } from 'node:child_process';

export interface SoundQuality {
  /** dB over the whole clip. */
  readonly snr: number;
  /** dB, the mean over frames of FRAME_SECONDS, each between the bounds below; silent frames are left out. */
  readonly segmental_snr: number;
}

const RATE = 44_100;
const FRAME_SECONDS = 0.02;
/** The usual bounds of a frame's ratio in segmental SNR (Quackenbush et al. 1988). */
const LOWEST_DB = -10;
const HIGHEST_DB = 80;
/** Mean square of a frame below which it is silent: the last bit of 16. */
const SILENCE = 1 / 32_768 ** 2;
/** Two minutes of stereo; clips of the corpus have half a minute. */
const MAX_BYTES = 120 * RATE * 4 * 2;

/** How far a marked sound is from the original; the shorter of both decides what is compared. */
export async function soundQuality(original: string, marked: string): Promise<SoundQuality> {
  const [a, b] = [await samplesOf(original), await samplesOf(marked)];
  const length = Math.min(a.length, b.length);
  return { snr: snr(a.subarray(0, length), b.subarray(0, length)), segmental_snr: segmentalSnr(a, b, RATE) };
}

/** Samples as mono floats at one rate. */
async function samplesOf(file: string): Promise<Float32Array> {
  const args = ['-v', 'error', '-i', file, '-ac', '1', '-ar', String(RATE), '-f', 'f32le', '-'];
  return new Promise((done, failed) => {
    execFile('ffmpeg', args, { encoding: 'buffer', maxBuffer: MAX_BYTES }, (error, bytes) => {
      if (error !== null) {
        failed(new Error(`${file} cannot be decoded.`, { cause: error }));
        return;
      }
      done(new Float32Array(Uint8Array.from(bytes).buffer, 0, bytes.length >> 2));
    });
  });
}

/** Signal-to-noise ratio in dB. */
export function snr(signal: Float32Array, marked: Float32Array): number {
  let power = 0;
  let noise = 0;
  for (let at = 0; at < signal.length; at += 1) {
    const difference = (signal[at] ?? 0) - (marked[at] ?? 0);
    power += (signal[at] ?? 0) ** 2;
    noise += difference * difference;
  }
  return 10 * Math.log10(power / noise);
}

/** Mean of the frames' ratios. NaN where every frame is silent. */
export function segmentalSnr(signal: Float32Array, marked: Float32Array, rate: number): number {
  const frame = Math.round(rate * FRAME_SECONDS);
  const ratios: number[] = [];
  for (let from = 0; from + frame <= Math.min(signal.length, marked.length); from += frame) {
    const part = signal.subarray(from, from + frame);
    const power = part.reduce((sum, value) => sum + value * value, 0) / frame;
    if (power <= SILENCE) continue;
    const ratio = snr(part, marked.subarray(from, from + frame));
    ratios.push(Math.min(HIGHEST_DB, Math.max(LOWEST_DB, ratio)));
  }
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}
