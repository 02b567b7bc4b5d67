import { WatermarkError } from '../errors/watermark-error';
import { quietly, untrustedInput } from './ffmpeg';
import { fixedBlocks } from './fixed-blocks';
import { MEDIA_LIMITS, type MediaLimits } from './media-limits';
import { type AudioStream, type MediaProbe } from './media-probe';
import { ProgramRun } from './program-run';

/** Samples per channel of a block; only the last one has fewer. */
export const PCM_BLOCK_SAMPLES = 16_384;

/** Decoders in integers, where there are such: the floating-point ones may differ in the last bit between machines. */
const INTEGER_DECODERS: ReadonlyMap<string, string> = new Map([
  ['mp3', 'mp3'],
  ['mp2', 'mp2'],
  ['aac', 'aac_fixed'],
  ['ac3', 'ac3_fixed'],
]);

export interface DecodeAudioOptions {
  /** 16 or 32; sources of fewer bits are shifted up to it. Default 16. */
  readonly sampleBits?: 16 | 32;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: MediaLimits;
}

/** Interleaved samples, all channels of one moment side by side. */
export type PcmBlock = Int16Array | Int32Array;

/** How ffmpeg is asked for the sound; rate and channels are repeated, so that a change in midstream changes nothing. */
function decoderArguments(
  probe: MediaProbe,
  audio: AudioStream,
  bits: number,
  limits: MediaLimits,
): string[] {
  const decoder = INTEGER_DECODERS.get(audio.codec);
  return [
    ...quietly(),
    ...(decoder === undefined ? [] : ['-c:a', decoder]),
    ...untrustedInput(probe.path, probe.format, limits.maxPixels),
    ...['-map', `0:${audio.index}`, '-vn', '-sn', '-dn'],
    ...['-ac', String(audio.channels), '-ar', String(audio.sampleRate)],
    ...['-c:a', `pcm_s${bits}le`, '-f', `s${bits}le`, 'pipe:1'],
  ];
}

/**
 * The sound of a file as interleaved integers at its own rate and channels, in blocks of PCM_BLOCK_SAMPLES, decoded while
 * it is read. A damaged file gives what could be decoded of it.
 *
 * @throws WatermarkError MEDIA_UNSUPPORTED without sound, MEDIA_UNREADABLE where nothing could be decoded, MEDIA_TOO_LARGE
 *   where it goes on for longer than allowed, whatever it declared; TOOL_MISSING, ABORTED
 */
export async function* decodeAudio(
  probe: MediaProbe,
  options: DecodeAudioOptions = {},
): AsyncGenerator<PcmBlock, void, undefined> {
  const { audio } = probe;
  if (audio === undefined) throw new WatermarkError('MEDIA_UNSUPPORTED', 'The content has no sound.');
  const { limits = MEDIA_LIMITS, sampleBits = 16 } = options;
  const run = new ProgramRun('ffmpeg', decoderArguments(probe, audio, sampleBits, limits), options);
  const frameBytes = audio.channels * (sampleBits / 8);
  let samples = 0;
  for await (const block of fixedBlocks(run.output(), PCM_BLOCK_SAMPLES * frameBytes)) {
    const whole = Math.floor(block.length / frameBytes);
    samples += whole;
    if (samples > limits.maxSeconds * audio.sampleRate) {
      throw new WatermarkError(
        'MEDIA_TOO_LARGE',
        `The sound lasts longer than ${limits.maxSeconds} seconds.`,
      );
    }
    const values = whole * audio.channels;
    yield sampleBits === 16
      ? new Int16Array(block.buffer, block.byteOffset, values)
      : new Int32Array(block.buffer, block.byteOffset, values);
  }
  if (samples === 0)
    throw new WatermarkError('MEDIA_UNREADABLE', 'No sound could be decoded from the content.');
}
