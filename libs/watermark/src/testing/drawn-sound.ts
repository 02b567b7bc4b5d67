import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { sineOfTurn, TURN } from '../signal/trigonometry';

/** Notes of a scale in hertz, and how many are struck a second. */
const NOTES = [220, 247, 277, 330, 370, 440, 494, 554, 659, 740];
const STRIKES = 5;

/**
 * Something like music, from a seed: struck notes with overtones that die away, over a breath of noise. One array a channel,
 * full scale 1.
 */
export function drawnSound(seconds: number, rate: number, channels: number, seed = 1): Float64Array[] {
  const stream = new KeyedStream(new WatermarkKey(new Uint8Array(32).fill(seed)), 'drawn-sound');
  const length = Math.floor(seconds * rate);
  const result = Array.from({ length: channels }, () => new Float64Array(length));
  for (const samples of result) {
    for (let index = 0; index < length; index += 1) samples[index] = (stream.byte() - 127.5) / 12_000;
  }
  const spacing = Math.floor(rate / STRIKES);
  for (let start = 0; start < length; start += spacing) {
    const hertz = NOTES[stream.below(NOTES.length)] * (1 + stream.below(3));
    for (const samples of result) strike(samples, start, hertz / rate, 0.05 + stream.below(100) / 1000);
  }
  return result;
}

function strike(samples: Float64Array, start: number, turns: number, strength: number): void {
  const length = Math.min(samples.length - start, Math.floor(samples.length / 20));
  let level = strength;
  for (let index = 0; index < length && level > 1e-4; index += 1) {
    let value = 0;
    for (let overtone = 1; overtone <= 4; overtone += 1) {
      value += sineOfTurn(Math.round(index * turns * overtone * TURN)) / overtone;
    }
    samples[start + index] += level * value;
    level *= 0.9997;
  }
}

/** A WAV file of 16-bit samples. */
export function waveFile(channels: readonly Float64Array[], rate: number): Buffer {
  const count = channels.length;
  const length = channels[0]?.length ?? 0;
  const file = Buffer.alloc(44 + length * count * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(count, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * count * 2, 28);
  file.writeUInt16LE(count * 2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(length * count * 2, 40);
  for (let index = 0; index < length; index += 1) {
    for (let channel = 0; channel < count; channel += 1) {
      const value = Math.round((channels[channel]?.[index] ?? 0) * 32_768);
      file.writeInt16LE(Math.max(-32_768, Math.min(32_767, value)), 44 + (index * count + channel) * 2);
    }
  }
  return file;
}
