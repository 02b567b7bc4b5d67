import { decodeAudio, type PcmBlock } from './decoded-audio';
import { type MediaSink } from './media-encoder';
import { type MediaProbe } from './media-probe';

/** Sound as the schemes take it: full scale is 1, one array a channel. */
export interface SoundBlock {
  readonly channels: readonly Float64Array[];
}

/** Bits that a source's samples are read and written with. */
export function sampleBitsOf(probe: MediaProbe): 16 | 32 {
  return (probe.audio?.sampleBits ?? 0) > 16 ? 32 : 16;
}

/** Decoded sound of a file, split into channels. Throws as `decodeAudio`. */
export async function* readSound(
  probe: MediaProbe,
  signal?: AbortSignal,
): AsyncGenerator<SoundBlock, void, undefined> {
  const sampleBits = sampleBitsOf(probe);
  const channels = probe.audio?.channels ?? 1;
  for await (const block of decodeAudio(probe, { sampleBits, ...(signal === undefined ? {} : { signal }) })) {
    yield { channels: split(block, channels, 1 / fullScale(sampleBits)) };
  }
}

function fullScale(sampleBits: 16 | 32): number {
  return sampleBits === 16 ? 32_768 : 2_147_483_648;
}

function split(block: PcmBlock, channels: number, scale: number): Float64Array[] {
  const length = block.length / channels;
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float64Array(length);
    for (let index = 0; index < length; index += 1)
      samples[index] = block[index * channels + channel] * scale;
    return samples;
  });
}

/** Rounds samples to those of so many bits, in place; beyond full scale they are cut off. */
export function quantizer(sampleBits: 16 | 32): (samples: Float64Array) => void {
  const full = fullScale(sampleBits);
  return (samples) => {
    for (let index = 0; index < samples.length; index += 1) {
      samples[index] = Math.max(-full, Math.min(full - 1, Math.round(samples[index] * full))) / full;
    }
  };
}

/** Hands quantized samples to an encoder, interleaved. */
export async function writeSound(
  channels: readonly Float64Array[],
  sampleBits: 16 | 32,
  sink: MediaSink,
): Promise<void> {
  const length = channels[0].length;
  if (length === 0) return;
  const full = fullScale(sampleBits);
  const count = length * channels.length;
  const values = sampleBits === 16 ? new Int16Array(count) : new Int32Array(count);
  for (const [channel, samples] of channels.entries()) {
    for (let index = 0; index < length; index += 1) {
      values[index * channels.length + channel] = samples[index] * full;
    }
  }
  await sink(new Uint8Array(values.buffer));
}
