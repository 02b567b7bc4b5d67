import { extname } from 'node:path';
import { WatermarkError } from '../errors/watermark-error';

export const IMAGE_FORMATS = ['png', 'jpeg', 'webp', 'avif'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG_SIGNATURE = Buffer.from([0xff, 0xd8, 0xff]);
/** Bytes of the box that an AVIF file begins with, at least and at most (a decoder asks the same). */
const FILE_TYPE_BOX = { least: 16, most: 2048 } as const;
const ENDINGS: Readonly<Record<string, ImageFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.avif': 'avif',
};

/**
 * The format that the first bytes say, whatever the name does. Only these four are handed to a decoder: vector graphics and
 * documents can name other files.
 *
 * @throws WatermarkError MEDIA_UNSUPPORTED
 */
export function imageFormatOf(bytes: Uint8Array): ImageFormat {
  const head = Buffer.from(bytes.subarray(0, 32));
  if (head.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return 'png';
  if (head.subarray(0, JPEG_SIGNATURE.length).equals(JPEG_SIGNATURE)) return 'jpeg';
  if (head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP') return 'webp';
  if (isAvif(head)) return 'avif';
  throw new WatermarkError('MEDIA_UNSUPPORTED', 'The content is no PNG, JPEG, WebP or AVIF image.');
}

/** The length is looked at too: `<!--ftypavif-->` begins a vector drawing. */
function isAvif(head: Buffer): boolean {
  if (head.toString('latin1', 4, 8) !== 'ftyp' || !head.toString('latin1', 8).includes('avif')) return false;
  const length = head.readUInt32BE(0);
  return length >= FILE_TYPE_BOX.least && length <= FILE_TYPE_BOX.most;
}

/** The format that a file's name asks for. Throws WatermarkError MEDIA_UNSUPPORTED. */
export function formatOfName(path: string): ImageFormat {
  const ending = extname(path).toLowerCase();
  const format = Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined;
  if (format !== undefined) return format;
  throw new WatermarkError(
    'MEDIA_UNSUPPORTED',
    `The ending "${ending}" names no format that is written. Use ${Object.keys(ENDINGS).join(', ')}.`,
    { subject: 'output' },
  );
}
