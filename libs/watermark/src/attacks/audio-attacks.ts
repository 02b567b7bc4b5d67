import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { WatermarkError } from '../errors/watermark-error';
import { probeMedia } from '../media/media-probe';
import { transcodeMedia } from '../media/media-transcode';
import { type AttackGroup, type FileAttack } from './file-attack';
import { rewriteSound, type Sound } from './sound-samples';

const WAVE = ['-vn', '-c:a', 'pcm_s16le', '-f', 'wav'];

/** Re-encodes; the output is of that format whatever its name. */
function codec(name: string, encoderArguments: readonly string[]): FileAttack {
  return {
    name,
    medium: 'audio',
    group: 'compression',
    apply: (input, output, signal) =>
      transcodeMedia(input, output, ['-vn', '-flags', '+bitexact', ...encoderArguments], signal),
  };
}

/** Runs one of ffmpeg's filters, whose words may hang on the sampling rate. */
function filter(name: string, group: AttackGroup, words: (rate: number) => string): FileAttack {
  return {
    name,
    medium: 'audio',
    group,
    apply: async (input, output, signal) => {
      const { audio } = await probeMedia(input, signal === undefined ? {} : { signal });
      if (audio === undefined) throw new WatermarkError('MEDIA_UNSUPPORTED', 'The content has no sound.');
      await transcodeMedia(input, output, ['-af', words(audio.sampleRate), ...WAVE], signal);
    },
  };
}

function samples(
  name: string,
  group: AttackGroup,
  change: (sound: Sound) => readonly Float64Array[],
): FileAttack {
  return {
    name,
    medium: 'audio',
    group,
    apply: (input, output, signal) => rewriteSound(input, output, change, signal),
  };
}

/** Pitch and tempo together, as a tape that runs too fast. */
function speed(factor: number): (rate: number) => string {
  return (rate) => `asetrate=${Math.round(rate * factor)},aresample=${rate}`;
}

/** Keeps the part of the samples from `from` to `to`, both from 0 to 1. */
function kept(from: number, to: number): (sound: Sound) => Float64Array[] {
  return ({ channels }) =>
    channels.map((channel) =>
      channel.slice(Math.floor(channel.length * from), Math.floor(channel.length * to)),
    );
}

function amplified(factor: number): (sound: Sound) => Float64Array[] {
  return ({ channels }) => channels.map((channel) => channel.map((value) => value * factor));
}

/** Near-normal numbers of mean 0 and variance 1: the sum of twelve even ones. The seed is fixed, so that the attack stays the same. */
function noiseSource(): () => number {
  const stream = new KeyedStream(new WatermarkKey(new Uint8Array(32)), 'attack-noise');
  return () => {
    let sum = -6;
    for (let term = 0; term < 12; term += 1) sum += stream.uint32() / 4_294_967_296;
    return sum;
  };
}

/** White noise of a power that is so many times smaller than that of the sound. */
function whiteNoise(powerRatio: number): (sound: Sound) => Float64Array[] {
  return ({ channels }) => {
    let energy = 0;
    let count = 0;
    for (const channel of channels) {
      for (const value of channel) energy += value * value;
      count += channel.length;
    }
    const deviation = Math.sqrt(energy / Math.max(1, count) / powerRatio);
    const next = noiseSource();
    return channels.map((channel) => channel.map((value) => value + deviation * next()));
  };
}

/** Noise whose power falls with the frequency: white noise through three leaky sums, at the deviation given. */
function pinkNoise(deviation: number): (sound: Sound) => Float64Array[] {
  return ({ channels }) => {
    const next = noiseSource();
    return channels.map((channel) => {
      const state = [0, 0, 0];
      const pink = channel.map(() => {
        const white = next();
        state[0] = 0.99765 * state[0] + 0.099046 * white;
        state[1] = 0.963 * state[1] + 0.2965164 * white;
        state[2] = 0.57 * state[2] + 1.0526913 * white;
        return state[0] + state[1] + state[2] + 0.1848 * white;
      });
      let energy = 0;
      for (const value of pink) energy += value * value;
      const scale = energy > 0 ? deviation / Math.sqrt(energy / pink.length) : 0;
      return channel.map((value, index) => value + scale * pink[index]);
    });
  };
}

/** Mean over so many samples. */
function smoothed(width: number): (sound: Sound) => Float64Array[] {
  return ({ channels }) =>
    channels.map((channel) => {
      let sum = 0;
      return channel.map((value, index) => {
        sum += value - (index >= width ? channel[index - width] : 0);
        return sum / width;
      });
    });
}

/** The sound and itself, so many seconds later at so much of its strength. */
function echoed(seconds: number, strength: number): (sound: Sound) => Float64Array[] {
  return ({ rate, channels }) => {
    const delay = Math.round(seconds * rate);
    return channels.map((channel) =>
      channel.map((value, index) => value + (index >= delay ? strength * channel[index - delay] : 0)),
    );
  };
}

/** What a clip goes through that is cut out, sped up and uploaded. */
const COMBINED: FileAttack = {
  name: 'crop-30-speed-1.03-mp3-64',
  medium: 'audio',
  group: 'combined',
  apply: async (input, output, signal) => {
    const { audio, seconds = 0 } = await probeMedia(input, signal === undefined ? {} : { signal });
    if (audio === undefined) throw new WatermarkError('MEDIA_UNSUPPORTED', 'The content has no sound.');
    const words = `atrim=start=${(seconds * 0.3).toFixed(3)},${speed(1.03)(audio.sampleRate)}`;
    const mp3 = ['-flags', '+bitexact', '-c:a', 'libmp3lame', '-b:a', '64k', '-f', 'mp3'];
    await transcodeMedia(input, output, ['-vn', '-af', words, ...mp3], signal);
  },
};

/** Attacks on sound: those of OmniSeal Bench with their parameters, and those of this project's own targets. */
export const AUDIO_ATTACKS: readonly FileAttack[] = [
  codec('mp3-128', ['-c:a', 'libmp3lame', '-b:a', '128k', '-f', 'mp3']),
  codec('mp3-64', ['-c:a', 'libmp3lame', '-b:a', '64k', '-f', 'mp3']),
  codec('mp3-32', ['-c:a', 'libmp3lame', '-b:a', '32k', '-f', 'mp3']),
  codec('aac-64', ['-c:a', 'aac', '-b:a', '64k', '-f', 'ipod']),
  codec('opus-64', ['-c:a', 'libopus', '-b:a', '64k', '-f', 'ogg']),
  filter('resample-22050', 'valuemetric', (rate) => `aresample=22050,aresample=${rate}`),
  samples('noise-20db', 'valuemetric', whiteNoise(100)),
  samples('noise-30db', 'valuemetric', whiteNoise(1000)),
  samples('pink-noise-0.01', 'valuemetric', pinkNoise(0.01)),
  filter('lowpass-500', 'valuemetric', () => 'lowpass=f=500'),
  filter('lowpass-1500', 'valuemetric', () => 'lowpass=f=1500'),
  filter('highpass-500', 'valuemetric', () => 'highpass=f=500'),
  filter('highpass-1500', 'valuemetric', () => 'highpass=f=1500'),
  samples('smooth-40', 'valuemetric', smoothed(40)),
  samples('echo', 'valuemetric', echoed(0.25, 0.3)),
  samples('boost-10', 'valuemetric', amplified(10)),
  samples('duck-10', 'valuemetric', amplified(0.1)),
  samples('crop-start-30', 'temporal', kept(0.3, 1)),
  samples('crop-end-30', 'temporal', kept(0, 0.7)),
  filter('speed-1.05', 'temporal', speed(1.05)),
  filter('speed-0.95', 'temporal', speed(0.95)),
  filter('speed-1.25', 'temporal', speed(1.25)),
  filter('tempo-1.05', 'temporal', () => 'atempo=1.05'),
  COMBINED,
];
