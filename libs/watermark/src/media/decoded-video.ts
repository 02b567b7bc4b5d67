import { WatermarkError } from '../errors/watermark-error';
import { quietly, untrustedInput } from './ffmpeg';
import { fixedBlocks } from './fixed-blocks';
import { MEDIA_LIMITS, type MediaLimits } from './media-limits';
import { type MediaProbe, type VideoStream } from './media-probe';
import { ProgramRun } from './program-run';

/** One picture: 8-bit brightness of every pixel, row by row, and two planes of color of half the size, rounded up. */
export interface VideoFrame {
  readonly width: number;
  readonly height: number;
  /** The three planes one after the other (4:2:0), as programs take and give them. */
  readonly bytes: Uint8Array;
  /** The first plane, in the same memory. */
  readonly luma: Uint8Array;
}

export interface DecodeVideoOptions {
  /** Whether pictures are repeated and left out until they come at the average rate; else each one comes once. */
  readonly evenRate?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: MediaLimits;
}

/** Bytes of a picture of 4:2:0. */
export function frameBytes(width: number, height: number): number {
  return width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
}

export function videoFrame(bytes: Uint8Array, width: number, height: number): VideoFrame {
  return { width, height, bytes, luma: bytes.subarray(0, width * height) };
}

/** Every picture in one size, depth and order of planes; exact in integers where a conversion is due. */
function outputArguments(video: VideoStream, evenRate: boolean): string[] {
  const { numerator, denominator } = video.frameRate;
  return [
    ...['-map', `0:${video.index}`, '-an', '-sn', '-dn'],
    ...['-vf', `scale=${video.width}:${video.height}:flags=bicubic+accurate_rnd+bitexact+full_chroma_int`],
    ...(evenRate ? ['-fps_mode', 'cfr', '-r', `${numerator}/${denominator}`] : ['-fps_mode', 'passthrough']),
    ...['-pix_fmt', 'yuv420p', '-c:v', 'rawvideo', '-f', 'rawvideo', 'pipe:1'],
  ];
}

/**
 * The pictures of a file in the order they are shown, decoded while they are read. A damaged file gives what could be
 * decoded of it.
 *
 * @throws WatermarkError MEDIA_UNSUPPORTED without video, MEDIA_UNREADABLE where no picture could be decoded,
 *   MEDIA_TOO_LARGE where it goes on for longer than allowed, whatever it declared; TOOL_MISSING, ABORTED
 */
export async function* decodeVideo(
  probe: MediaProbe,
  options: DecodeVideoOptions = {},
): AsyncGenerator<VideoFrame, void, undefined> {
  const { video } = probe;
  if (video === undefined) throw new WatermarkError('MEDIA_UNSUPPORTED', 'The content has no video.');
  const limits = options.limits ?? MEDIA_LIMITS;
  const run = new ProgramRun(
    'ffmpeg',
    [
      ...quietly(),
      ...untrustedInput(probe.path, probe.format, limits.maxPixels),
      ...outputArguments(video, options.evenRate === true),
    ],
    options,
  );
  const bytes = frameBytes(video.width, video.height);
  let frames = 0;
  for await (const block of fixedBlocks(run.output(), bytes)) {
    if (block.length < bytes) break;
    frames += 1;
    if (frames > limits.maxSeconds * limits.maxFrameRate) {
      throw new WatermarkError('MEDIA_TOO_LARGE', `The video has more than ${frames - 1} pictures.`);
    }
    yield videoFrame(block, video.width, video.height);
  }
  if (frames === 0)
    throw new WatermarkError('MEDIA_UNREADABLE', 'No picture could be decoded from the content.');
}
