import { WatermarkError } from '../errors/watermark-error';
import { formatOfName } from '../media/image-format';
import { type ImagePixels, readImage, writeImage } from '../media/image-file';
import { detectionOfCode } from '../scheme/decide';
import {
  type Detection,
  type EmbedReport,
  type EmbedTask,
  type WatermarkScheme,
  type WatermarkTask,
} from '../scheme/watermark-scheme';
import { detectionPlane } from './detection-plane';
import {
  decibelsOf,
  embedStrength,
  IMAGE_PARAMS_SCHEMA,
  imageParams,
  type ImageParams,
} from './image-params';
import { lumaOf } from './luma';
import { applied, markLuma } from './luma-embedder';
import { findMark, type FoundMark, type MarkQuestion } from './mark-detector';
import { layoutOf } from './mark-layout';
import { markWord } from './mark-word';
import { meanSquareError, similarity } from './quality';
import { regionEvidence } from './region-evidence';
import { atMost, probabilityOf } from '../statistics/probability';

/** Pixels of the shorter side below which no tile can be seen. */
const MIN_SIDE = 48;
/** How much longer than wide an image may be: the canonical frame of a strip would be a few lines high. */
const MAX_ASPECT = 16;

/** A mark of keyed spatial frequencies in luma, found again after resizing, cropping, rotation and mirroring. */
export const IMAGE_SCHEME: WatermarkScheme = {
  name: 'image-fourier',
  version: '1',
  medium: 'image',
  robust: true,
  paramsSchema: IMAGE_PARAMS_SCHEMA,
  payloadBits: (document) => imageParams(document).payload_bits,
  embed,
  detect,
};

async function embed(task: EmbedTask): Promise<EmbedReport> {
  const { document, key, payload, output, signal, onProgress } = task;
  const params = imageParams(document);
  formatOfName(output);
  key.assertCommitted(document.key_commitment);
  const word = markWord(key, payload, document.scheme_id, params.payload_bits);
  const original = await readImage(task.content);
  assertShape(original);
  goOn(signal);
  onProgress?.(0.2);
  const likeness = (delta: Int16Array): number => lowestSimilarity(original, changed(original, delta));
  const luma = { samples: lumaOfPixels(original), width: original.width, height: original.height };
  const delta = markLuma(luma, layoutOf(key), word, embedStrength(params), likeness);
  goOn(signal);
  onProgress?.(0.8);
  const marked = changed(original, delta);
  assertFound(search(marked, task).found, payload, params);
  await writeImage(marked, output, original);
  onProgress?.(1);
  return {
    payload_bits: params.payload_bits,
    psnr: decibelsOf(meanSquareError(original.samples, marked.samples)),
    ssim: ratio(lowestSimilarity(original, marked)),
  };
}

async function detect(task: WatermarkTask): Promise<Detection> {
  const params = imageParams(task.document);
  task.key.assertCommitted(task.document.key_commitment);
  const image = await readImage(task.content);
  assertShape(image);
  goOn(task.signal);
  task.onProgress?.(0.5);
  const { found, local } = search(image, task);
  task.onProgress?.(1);
  return detectionOfCode(found.judgement, local(), params);
}

function search(
  image: ImagePixels,
  { document, key }: WatermarkTask,
): { found: FoundMark; local: () => ReturnType<typeof regionEvidence> } {
  const params = imageParams(document);
  const { width, height } = image;
  const plane = detectionPlane(lumaOfPixels(image), width, height);
  const layout = layoutOf(key);
  const question: MarkQuestion = {
    schemeId: document.scheme_id,
    payloadBits: params.payload_bits,
    listSize: params.code.list_size,
    hypotheses: BigInt(params.hypotheses),
    satisfiedBy: params.threshold.p_value,
  };
  const found = findMark(plane, layout, key, question);
  return {
    found,
    local: () => regionEvidence(plane, found, layout, key, { question, size: { width, height } }),
  };
}

function lumaOfPixels({ channels, samples }: ImagePixels): Uint8Array {
  return channels === 1 ? samples : lumaOf(samples);
}

/** The lower of two structural similarities: of luma, and the mean of those of the colors. */
function lowestSimilarity(original: ImagePixels, marked: ImagePixels): number {
  const { channels } = original;
  const ofLuma = similarity(lumaOfPixels(original), lumaOfPixels(marked), original);
  if (channels === 1) return ofLuma;
  return Math.min(ofLuma, similarity(original.samples, marked.samples, original, channels));
}

/** The change added to every color alike; where nothing is seen, nothing is changed. */
function changed(image: ImagePixels, delta: Int16Array): ImagePixels {
  const { channels, samples, alpha } = image;
  const seen = alpha === undefined ? delta : delta.map((change, pixel) => (alpha[pixel] === 0 ? 0 : change));
  return { ...image, samples: applied(samples, seen, channels) };
}

function assertShape({ width, height }: ImagePixels): void {
  const shorter = Math.min(width, height);
  if (shorter >= MIN_SIDE && Math.max(width, height) <= MAX_ASPECT * shorter) return;
  throw new WatermarkError(
    'MEDIA_TOO_SMALL',
    `The image has ${width}×${height} pixels; at least ${MIN_SIDE} along each side are needed, and one side at most ${MAX_ASPECT} times the other.`,
  );
}

/**
 * A mark that its own detector does not find is no mark: flat or tiny images give it no place. Nor is one where an earlier
 * mark of the same key is found instead.
 */
function assertFound({ judgement }: FoundMark, payload: Uint8Array, params: ImageParams): void {
  const asGiven = judgement.payload !== undefined && Buffer.from(judgement.payload).equals(payload);
  if (asGiven && atMost(judgement.probability, probabilityOf(params.threshold.p_value))) return;
  throw new WatermarkError(
    'MEDIA_TOO_SMALL',
    'The image has too few pixels or too little structure to carry the mark at this quality. Use a larger image, one that is not yet marked, or a lower strength.psnr.',
  );
}

function goOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new WatermarkError('ABORTED', 'The work on the image was stopped.');
}

function ratio(value: number): string {
  return (Math.floor(value * 10_000) / 10_000).toFixed(4);
}
