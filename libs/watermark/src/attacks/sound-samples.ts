import { WatermarkError } from '../errors/watermark-error';
import { quantizer, readSound, sampleBitsOf, writeSound } from '../media/audio-file';
import { encodeAudio } from '../media/media-encoder';
import { probeMedia } from '../media/media-probe';
import { joined } from '../signal/joined';

/** Attacks on samples hold the whole sound: ten minutes of it at most. */
const MAX_SECONDS = 600;

export interface Sound {
  readonly rate: number;
  /** Full scale 1. */
  readonly channels: readonly Float64Array[];
}

/** Rewrites the samples of a sound file; the output has its rate, channels and bits. */
export async function rewriteSound(
  input: string,
  output: string,
  change: (sound: Sound) => readonly Float64Array[],
  signal?: AbortSignal,
): Promise<void> {
  const stoppable = signal === undefined ? {} : { signal };
  const probe = await probeMedia(input, stoppable);
  if (probe.audio === undefined) throw new WatermarkError('MEDIA_UNSUPPORTED', 'The content has no sound.');
  const { sampleRate, channels: count } = probe.audio;
  const parts: Float64Array[][] = Array.from({ length: count }, () => []);
  let samples = 0;
  for await (const { channels } of readSound(probe, signal)) {
    channels.forEach((channel, index) => parts[index].push(channel));
    samples += channels[0].length;
    if (samples > MAX_SECONDS * sampleRate) {
      throw new WatermarkError('MEDIA_TOO_LARGE', `Attacks take at most ${MAX_SECONDS} s of sound.`);
    }
  }
  const changed = change({ rate: sampleRate, channels: parts.map(joined) });
  const sampleBits = sampleBitsOf(probe);
  changed.forEach(quantizer(sampleBits));
  await encodeAudio({ output, sampleRate, channels: count, sampleBits, ...stoppable }, async (sink) => {
    await writeSound(changed, sampleBits, sink);
  });
}
