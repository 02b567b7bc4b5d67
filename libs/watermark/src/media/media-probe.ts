import { WatermarkError } from '../errors/watermark-error';
import { withContentFile } from './content-file';
import { untrustedInput } from './ffmpeg';
import { mediaFormatOfFile } from './media-format';
import { MAX_PROBE_BYTES, MEDIA_LIMITS, type MediaLimits } from './media-limits';
import { ProgramRun } from './program-run';

export interface AudioStream {
  /** Number of the stream in the container. */
  readonly index: number;
  readonly codec: string;
  /** Hertz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Of the source where it says so (16, 24, 32), 0 for lossy ones. */
  readonly sampleBits: number;
}

export interface VideoStream {
  readonly index: number;
  readonly codec: string;
  /** As shown: a rotation that the container asks for is applied. */
  readonly width: number;
  readonly height: number;
  /** Degrees clockwise that the container asks for: 0, 90, 180 or 270. */
  readonly rotation: number;
  readonly pixelFormat: string;
  /** Average frames per second as a fraction. */
  readonly frameRate: { readonly numerator: number; readonly denominator: number };
  /** Width to height of a pixel, `1:1` where unsaid. */
  readonly pixelAspect: string;
}

/** A file's streams, as it says itself; all figures are within the limits, none is believed further. */
export interface MediaProbe {
  readonly path: string;
  /** Name of the demultiplexer. */
  readonly format: string;
  /** As declared; undefined where the container says nothing. */
  readonly seconds: number | undefined;
  readonly audio: AudioStream | undefined;
  readonly video: VideoStream | undefined;
}

type FieldName =
  | 'streams'
  | 'format'
  | 'duration'
  | 'index'
  | 'codec_type'
  | 'codec_name'
  | 'width'
  | 'height'
  | 'pix_fmt'
  | 'sample_rate'
  | 'channels'
  | 'bits_per_raw_sample'
  | 'bits_per_sample'
  | 'avg_frame_rate'
  | 'r_frame_rate'
  | 'sample_aspect_ratio'
  | 'disposition'
  | 'attached_pic'
  | 'side_data_list'
  | 'rotation';
/** What is read of the description; the types are not believed. */
type Fields = Readonly<Partial<Record<FieldName, unknown>>>;

const ENTRIES =
  'format=duration,nb_streams:stream=index,codec_type,codec_name,width,height,pix_fmt,sample_rate,channels,sample_fmt,' +
  'bits_per_raw_sample,bits_per_sample,avg_frame_rate,r_frame_rate,sample_aspect_ratio:' +
  'stream_disposition=attached_pic:stream_side_data=rotation';
/** How many times the allowed pixels a picture may have so that its size is still told: beyond, nothing of it is decoded. */
const TOLD_PIXELS = 4;
/** Where neither the container nor the stream says a rate. */
const UNKNOWN_RATE = { numerator: 25, denominator: 1 };
const RATE = /^(\d{1,9})\/(\d{1,9})$/;
const ASPECT = /^[1-9]\d{0,4}:[1-9]\d{0,4}$/;

function numberOf(value: unknown): number {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : 0;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? value : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function tooLarge(what: string): WatermarkError {
  return new WatermarkError('MEDIA_TOO_LARGE', `${what} Give a part of it, or a smaller version.`);
}

function audioStream(fields: Fields, limits: MediaLimits): AudioStream {
  const sampleRate = numberOf(fields.sample_rate);
  const channels = numberOf(fields.channels);
  if (sampleRate < 1 || channels < 1) {
    throw new WatermarkError('MEDIA_UNREADABLE', 'The sound names no sample rate or no channels.');
  }
  if (sampleRate > limits.maxSampleRate) throw tooLarge(`The sound has ${sampleRate} samples a second.`);
  if (channels > limits.maxChannels) throw tooLarge(`The sound has ${channels} channels.`);
  const sampleBits = numberOf(fields.bits_per_raw_sample) || numberOf(fields.bits_per_sample);
  return {
    index: numberOf(fields.index),
    codec: textOf(fields.codec_name),
    sampleRate,
    channels,
    sampleBits,
  };
}

function rotationOf(fields: Fields): number {
  const asked = listOf(fields.side_data_list).find((entry) => entry.rotation !== undefined);
  // The container's angle is counter-clockwise, from −180 to 180.
  const clockwise = (360 - numberOf(asked?.rotation)) % 360;
  return [90, 180, 270].includes(clockwise) ? clockwise : 0;
}

function frameRateOf(fields: Fields, limits: MediaLimits): VideoStream['frameRate'] {
  for (const text of [fields.avg_frame_rate, fields.r_frame_rate]) {
    const [, over, under] = RATE.exec(textOf(text)) ?? [];
    const numerator = Number(over);
    const denominator = Number(under);
    if (numerator > 0 && denominator > 0 && numerator / denominator <= limits.maxFrameRate) {
      return { numerator, denominator };
    }
  }
  return UNKNOWN_RATE;
}

function videoStream(fields: Fields, limits: MediaLimits): VideoStream {
  const stored = { width: numberOf(fields.width), height: numberOf(fields.height) };
  if (stored.width < 1 || stored.height < 1) {
    throw new WatermarkError('MEDIA_UNREADABLE', 'The video names no size, or one far above what is read.');
  }
  if (stored.width * stored.height > limits.maxPixels) {
    throw tooLarge(`The video has ${stored.width} × ${stored.height} pixels.`);
  }
  const rotation = rotationOf(fields);
  const turned = rotation === 90 || rotation === 270;
  const pixelAspect = textOf(fields.sample_aspect_ratio);
  return {
    index: numberOf(fields.index),
    codec: textOf(fields.codec_name),
    width: turned ? stored.height : stored.width,
    height: turned ? stored.width : stored.height,
    rotation,
    pixelFormat: textOf(fields.pix_fmt),
    frameRate: frameRateOf(fields, limits),
    pixelAspect: ASPECT.test(pixelAspect) ? pixelAspect : '1:1',
  };
}

/** A cover picture in a sound file is no video. */
function isMovingPicture(fields: Fields): boolean {
  return fields.codec_type === 'video' && numberOf(fieldsOf(fields.disposition).attached_pic) === 0;
}

async function describe(
  path: string,
  format: string,
  { signal, limits }: { readonly signal: AbortSignal | undefined; readonly limits: MediaLimits },
): Promise<Fields> {
  const input = untrustedInput(path, format, TOLD_PIXELS * limits.maxPixels);
  const run = new ProgramRun(
    'ffprobe',
    ['-hide_banner', '-v', 'error', '-of', 'json', '-show_entries', ENTRIES, ...input],
    { signal },
  );
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of run.output()) {
    bytes += part.length;
    if (bytes > MAX_PROBE_BYTES) throw tooLarge('The description of the streams is too long.');
    parts.push(part);
  }
  try {
    return fieldsOf(JSON.parse(Buffer.concat(parts).toString('utf8')));
  } catch (cause) {
    throw new WatermarkError('MEDIA_UNREADABLE', 'The streams of the content cannot be told.', { cause });
  }
}

/**
 * What streams a file holds: the first video and the first sound, by ffprobe, without decoding. Sizes, rates and lengths
 * are refused above the limits here, and counted again while decoding, as files lie.
 *
 * @throws WatermarkError MEDIA_UNREADABLE, MEDIA_UNSUPPORTED, MEDIA_TOO_LARGE, TOOL_MISSING, ABORTED
 */
export async function probeMedia(
  path: string,
  options: { readonly signal?: AbortSignal | undefined; readonly limits?: MediaLimits } = {},
): Promise<MediaProbe> {
  const limits = options.limits ?? MEDIA_LIMITS;
  const format = await withContentFile({ path }, mediaFormatOfFile, limits.maxBytes);
  const described = await describe(path, format, { signal: options.signal, limits });
  const streams = listOf(described.streams);
  if (streams.length > limits.maxStreams) throw tooLarge(`The content has ${streams.length} streams.`);
  const declared = numberOf(fieldsOf(described.format).duration);
  if (declared > limits.maxSeconds) throw tooLarge(`The content lasts ${Math.round(declared)} seconds.`);
  const audio = streams.find((stream) => stream.codec_type === 'audio');
  const video = streams.find(isMovingPicture);
  return {
    path,
    format,
    seconds: declared > 0 ? declared : undefined,
    audio: audio === undefined ? undefined : audioStream(audio, limits),
    video: video === undefined ? undefined : videoStream(video, limits),
  };
}
