import { WatermarkError } from '../errors/watermark-error';
import { decibelsOf } from '../image/image-params';
import { layoutOf } from '../image/mark-layout';
import { markWord } from '../image/mark-word';
import { withContentFile } from '../media/content-file';
import { decodeVideo } from '../media/decoded-video';
import { encodeVideo, type MediaSink } from '../media/media-encoder';
import { type MediaProbe, probeMedia, type VideoStream } from '../media/media-probe';
import { detectionOfCode } from '../scheme/decide';
import {
  type Detection,
  type EmbedReport,
  type EmbedTask,
  type WatermarkScheme,
  type WatermarkTask,
} from '../scheme/watermark-scheme';
import { atMost, probabilityOf } from '../statistics/probability';
import { FrameMarker, videoPattern } from './frame-marker';
import { soundEvidence, soundPlaces, withMarkedSound } from './sound-carrier';
import { type Segment, SegmentSums } from './segment-sums';
import { VIDEO_PARAMS_SCHEMA, videoParams, type VideoParams, videoStrength } from './video-params';
import { findInVideo, segmentEvidence, type VideoQuestion } from './video-search';

/** Pixels of the shorter side below which no tile can be seen. */
const MIN_SIDE = 48;
/** How much longer than wide a picture may be: the canonical frame of a strip would be a few lines high. */
const MAX_ASPECT = 16;
/** Pictures between two reports of progress. */
const PROGRESS_FRAMES = 16;
/** Share of the work that is reading the pictures; the rest is the search. */
const READING_SHARE = 0.9;

/** The image mark in the brightness of every picture of a video, read from the mean of many (specification, video). */
export const VIDEO_SCHEME: WatermarkScheme = {
  name: 'video-fourier',
  version: '1',
  medium: 'video',
  robust: true,
  paramsSchema: VIDEO_PARAMS_SCHEMA,
  payloadBits: (document) => videoParams(document).payload_bits,
  placesSearched: (document) => videoParams(document).segments.most + soundPlaces(document),
  embed,
  detect,
};

async function embed(task: EmbedTask): Promise<EmbedReport> {
  const { document, key, payload, output, signal } = task;
  const params = videoParams(document);
  key.assertCommitted(document.key_commitment);
  const word = markWord(key, payload, document.scheme_id, params.payload_bits);
  return withContentFile(task.content, async (path) => {
    const probe = await probeMedia(path, { signal });
    const video = videoOf(probe);
    const { width, height, frameRate, pixelAspect } = video;
    const pattern = videoPattern(video, layoutOf(key), word, Number(params.strength.pilot_gain));
    const marker = new FrameMarker(pattern, videoStrength(params));
    return withMarkedSound(task, probe, async (soundOf, soundBits) => {
      let figures: Changes = { pictures: 0, squares: 0, largest: 0 };
      await encodeVideo({ output, width, height, frameRate, pixelAspect, soundOf, signal }, async (sink) => {
        figures = await markPictures(task, probe, marker, sink);
      });
      task.onProgress?.(1);
      return reportOf(figures, params, soundBits);
    });
  });
}

function reportOf(
  { pictures, squares, largest }: Changes,
  params: VideoParams,
  soundBits: number,
): EmbedReport {
  return {
    payload_bits: params.payload_bits,
    psnr: decibelsOf(squares / pictures),
    psnr_lowest: decibelsOf(largest),
    pictures,
    ...(params.audio === undefined ? {} : { audio_payload_bits: soundBits }),
  };
}

interface Changes {
  readonly pictures: number;
  /** Sum of the mean square changes, and the largest of them. */
  readonly squares: number;
  readonly largest: number;
}

async function markPictures(
  task: EmbedTask,
  probe: MediaProbe,
  marker: FrameMarker,
  sink: MediaSink,
): Promise<Changes> {
  const video = videoOf(probe);
  const params = videoParams(task.document);
  const sums = new SegmentSums(video, params.segments);
  const report = progressOf(task, probe);
  let squares = 0;
  let largest = 0;
  for await (const picture of decodeVideo(probe, { evenRate: true, signal: task.signal })) {
    const square = marker.mark(picture.luma);
    squares += square;
    largest = Math.max(largest, square);
    sums.take(picture.luma);
    await sink(picture.bytes);
    report(sums.count);
  }
  assertFound(sums.segments(), task, params);
  return { pictures: sums.count, squares, largest };
}

/** A mark that is not found before anything happened to it is not handed out. */
function assertFound(segments: readonly Segment[], task: EmbedTask, params: VideoParams): void {
  const { judgement } = findInVideo(segments, questionOf(task, params), () => undefined);
  const { payload, probability } = judgement;
  const asGiven = payload !== undefined && Buffer.from(payload).equals(task.payload);
  if (asGiven && atMost(probability, probabilityOf(params.threshold.p_value))) return;
  throw new WatermarkError(
    'MEDIA_TOO_SMALL',
    'The pictures hold too little structure to carry the payload at this quality. Use a larger video, or a lower psnr.',
    { subject: 'content' },
  );
}

async function detect(task: WatermarkTask): Promise<Detection> {
  const params = videoParams(task.document);
  const { key, signal } = task;
  key.assertCommitted(task.document.key_commitment);
  return withContentFile(task.content, async (path) => {
    const probe = await probeMedia(path, { signal });
    const video = videoOf(probe);
    const sums = new SegmentSums(video, params.segments);
    const report = progressOf(task, probe);
    for await (const picture of decodeVideo(probe, { signal })) {
      sums.take(picture.luma);
      report(sums.count);
    }
    const segments = sums.segments();
    const question = questionOf(task, params);
    const found = findInVideo(segments, question, (part) => {
      if (signal?.aborted === true) throw new WatermarkError('ABORTED', 'The work was stopped.');
      task.onProgress?.(READING_SHARE + (1 - READING_SHARE) * part);
    });
    const rate = video.frameRate.numerator / video.frameRate.denominator;
    const local = [
      ...segmentEvidence(segments, found, question, rate),
      ...(await soundEvidence(task, probe)),
    ];
    task.onProgress?.(1);
    return detectionOfCode(found.judgement, local, params);
  });
}

function questionOf({ document, key }: WatermarkTask, params: VideoParams): VideoQuestion {
  return {
    schemeId: document.scheme_id,
    payloadBits: params.payload_bits,
    listSize: params.code.list_size,
    satisfiedBy: params.threshold.p_value,
    layout: layoutOf(key),
    key,
  };
}

function videoOf({ video }: MediaProbe): VideoStream {
  if (video === undefined) {
    throw new WatermarkError('MEDIA_UNSUPPORTED', 'The content has no video.', { subject: 'content' });
  }
  const shorter = Math.min(video.width, video.height);
  if (shorter < MIN_SIDE || Math.max(video.width, video.height) > MAX_ASPECT * shorter) {
    throw new WatermarkError(
      'MEDIA_TOO_SMALL',
      `The pictures have ${video.width} × ${video.height} pixels; ${MIN_SIDE} on the shorter side are needed, and at most ${MAX_ASPECT} times as many on the longer.`,
      { subject: 'content' },
    );
  }
  return video;
}

/** Reports the share of pictures read, as far as the file says how many there are. */
function progressOf(task: WatermarkTask, probe: MediaProbe): (pictures: number) => void {
  const { onProgress } = task;
  const { numerator, denominator } = videoOf(probe).frameRate;
  const expected = (probe.seconds ?? 0) * (numerator / denominator);
  if (onProgress === undefined || expected === 0) return () => undefined;
  return (pictures) => {
    if (pictures % PROGRESS_FRAMES === 0) onProgress(Math.min(1, pictures / expected) * READING_SHARE);
  };
}
