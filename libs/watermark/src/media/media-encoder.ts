import { extname } from 'node:path';
import { WatermarkError } from '../errors/watermark-error';
import { untrustedInput } from './ffmpeg';
import { MEDIA_LIMITS } from './media-limits';
import { type AudioStream, type MediaProbe } from './media-probe';
import { ProgramRun } from './program-run';
import { writeReplaced } from './replaced-file';

/** Takes bytes while the program encodes, and waits when it lags behind. */
export type MediaSink = (bytes: Uint8Array) => Promise<void>;

export interface AudioOutput {
  readonly output: string;
  /** Interleaved little-endian integers come at this rate, with these channels and bits. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly sampleBits: 16 | 32;
  readonly signal?: AbortSignal | undefined;
}

export interface VideoOutput {
  readonly output: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: { readonly numerator: number; readonly denominator: number };
  readonly pixelAspect: string;
  /** File whose sound goes along: as it is where the container takes it, else encoded anew. */
  readonly soundOf?: MediaProbe;
  readonly signal?: AbortSignal | undefined;
}

interface VideoContainer {
  readonly video: readonly string[];
  /** Sounds that the container takes as they are; undefined for any. */
  readonly copies: ReadonlySet<string> | undefined;
  readonly sound: readonly string[];
}

/** Near-transparent rates: the mark stands them, and encoding shall not cost more quality than marking. */
const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '16', '-pix_fmt', 'yuv420p'];
const AAC = ['-c:a', 'aac', '-b:a', '192k'];
const MP4: VideoContainer = {
  video: [...H264, '-movflags', '+faststart'],
  copies: new Set(['aac', 'mp3', 'ac3', 'alac']),
  sound: AAC,
};

const VIDEO_CONTAINERS: Readonly<Record<string, VideoContainer>> = {
  '.mp4': MP4,
  '.m4v': MP4,
  '.mov': MP4,
  '.mkv': { video: H264, copies: undefined, sound: AAC },
  '.webm': {
    video: [
      '-c:v',
      'libvpx-vp9',
      '-crf',
      '20',
      '-b:v',
      '0',
      '-deadline',
      'realtime',
      '-cpu-used',
      '5',
      '-row-mt',
      '1',
    ],
    copies: new Set(['opus', 'vorbis']),
    sound: ['-c:a', 'libopus', '-b:a', '128k'],
  },
};

/** By ending, and by bits of a sample where the format keeps them. */
const AUDIO_ENCODERS: Readonly<Record<string, (bits: 16 | 32) => readonly string[]>> = {
  '.wav': (bits) => ['-c:a', bits === 16 ? 'pcm_s16le' : 'pcm_s24le'],
  '.flac': (bits) => ['-c:a', 'flac', '-sample_fmt', bits === 16 ? 's16' : 's32'],
  '.mp3': () => ['-c:a', 'libmp3lame', '-b:a', '256k'],
  '.m4a': () => ['-c:a', 'aac', '-b:a', '256k'],
  '.aac': () => ['-c:a', 'aac', '-b:a', '256k'],
  '.ogg': () => ['-c:a', 'libvorbis', '-q:a', '8'],
  '.opus': () => ['-c:a', 'libopus', '-b:a', '192k'],
};

export const VIDEO_ENDINGS = Object.keys(VIDEO_CONTAINERS);
export const AUDIO_ENDINGS = Object.keys(AUDIO_ENCODERS);

const BEGIN = ['-hide_banner', '-nostats', '-v', 'error', '-y'];
/** The result holds nothing of the maker's machine: no tags of the source, no name of an encoder's version. */
const PLAIN = ['-map_metadata', '-1', '-fflags', '+bitexact'];

function byEnding<T>(table: Readonly<Record<string, T>>, output: string): T {
  const found = table[extname(output).toLowerCase()] as T | undefined;
  if (found !== undefined) return found;
  throw new WatermarkError(
    'MEDIA_UNSUPPORTED',
    `Nothing is written with the ending ${extname(output) || '(none)'}. Use one of ${Object.keys(table).join(', ')}.`,
  );
}

function soundArguments(container: VideoContainer, sound: AudioStream): string[] {
  const copied = container.copies?.has(sound.codec) ?? true;
  return ['-map', `1:${sound.index}`, ...(copied ? ['-c:a', 'copy'] : container.sound)];
}

async function encode(
  output: string,
  args: (temporary: string) => readonly string[],
  produce: (sink: MediaSink) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  await writeReplaced(output, async (temporary) => {
    const run = new ProgramRun('ffmpeg', args(temporary), {
      input: true,
      signal,
    });
    try {
      await produce((bytes) => run.write(bytes));
      run.end();
      await run.finishedWithoutOutput();
    } finally {
      await run.stopped();
    }
  });
}

/**
 * Writes the pictures that `produce` hands over (planes of 4:2:0, see VideoFrame) as a file whose ending names the format.
 *
 * @throws WatermarkError MEDIA_UNSUPPORTED for an unknown ending, TOOL_MISSING, ABORTED, MEDIA_UNREADABLE with ffmpeg's words;
 *   and whatever `produce` throws. An existing file stays then.
 */
export async function encodeVideo(
  target: VideoOutput,
  produce: (sink: MediaSink) => Promise<void>,
): Promise<void> {
  const container = byEnding(VIDEO_CONTAINERS, target.output);
  const { soundOf, frameRate } = target;
  const sound = soundOf?.audio;
  const even = target.width % 2 === 0 && target.height % 2 === 0;
  const args = (temporary: string): string[] => [
    ...BEGIN,
    ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${target.width}x${target.height}`],
    ...['-r', `${frameRate.numerator}/${frameRate.denominator}`, '-i', 'pipe:0'],
    ...(sound === undefined || soundOf === undefined
      ? []
      : untrustedInput(soundOf.path, soundOf.format, MEDIA_LIMITS.maxPixels)),
    ...['-map', '0:v:0'],
    ...(sound === undefined ? ['-an'] : soundArguments(container, sound)),
    // Half-size color planes need even sizes in H.264 of the common profiles: the last row or column is repeated.
    ...[
      '-vf',
      `${even ? '' : 'pad=ceil(iw/2)*2:ceil(ih/2)*2,'}setsar=${target.pixelAspect.replace(':', '/')}`,
    ],
    ...container.video,
    ...PLAIN,
    `file:${temporary}`,
  ];
  await encode(target.output, args, produce, target.signal);
}

/** Writes the samples that `produce` hands over as a file whose ending names the format. Throws as `encodeVideo`. */
export async function encodeAudio(
  target: AudioOutput,
  produce: (sink: MediaSink) => Promise<void>,
): Promise<void> {
  const encoder = byEnding(AUDIO_ENCODERS, target.output)(target.sampleBits);
  const args = (temporary: string): string[] => [
    ...BEGIN,
    ...['-f', `s${target.sampleBits}le`, '-ar', String(target.sampleRate), '-ac', String(target.channels)],
    ...['-i', 'pipe:0', '-map', '0:a:0', ...encoder, ...PLAIN, `file:${temporary}`],
  ];
  await encode(target.output, args, produce, target.signal);
}
