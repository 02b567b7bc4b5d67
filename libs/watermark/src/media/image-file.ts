import sharp, { type Metadata, type Sharp } from 'sharp';
import { WatermarkError } from '../errors/watermark-error';
import { type ContentSource } from '../scheme/watermark-scheme';
import { openContent } from './byte-source';
import { formatOfName, type ImageFormat, imageFormatOf } from './image-format';
import { MAX_CODEC_SECONDS, MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE } from './image-limits';
import { writeReplaced } from './replaced-file';

/**
 * Pixels as the specification defines them: 8 bits, the values stored in the file (embedded color profiles are not
 * applied), upright after the orientation that EXIF names, 16-bit samples by their upper byte.
 */
export interface ImagePixels {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for RGB, interleaved. */
  readonly channels: 1 | 3;
  readonly samples: Uint8Array;
  /** Opacity of each pixel, where the image has any. */
  readonly alpha?: Uint8Array;
}

export interface OpenedImage extends ImagePixels {
  readonly format: ImageFormat;
  /** The file's bytes, for its color profile. */
  readonly source: Uint8Array;
  readonly hasProfile: boolean;
}

/** What the decoder of each format is called. */
const DECODERS: Readonly<Record<ImageFormat, Metadata['format']>> = {
  png: 'png',
  jpeg: 'jpeg',
  webp: 'webp',
  avif: 'heif',
};

/** A plain message of a decoder may name local files and versions: what is passed on is ours, the cause is kept. */
function unreadable(cause: unknown): WatermarkError {
  return new WatermarkError(
    'MEDIA_UNREADABLE',
    'The image is truncated or corrupt, or decoding took too long.',
    {
      cause,
    },
  );
}

/** A regular file or bytes, no more than are read: a device or a pipe would never end. */
async function bytesOf(content: ContentSource): Promise<Uint8Array> {
  const source = await openContent(content);
  try {
    if (source.size > MAX_IMAGE_BYTES) {
      throw new WatermarkError(
        'MEDIA_TOO_LARGE',
        `The image has ${source.size} bytes; at most ${MAX_IMAGE_BYTES} are read.`,
      );
    }
    if ('bytes' in content) return content.bytes;
    const bytes = new Uint8Array(source.size);
    await source.read(0, bytes);
    return bytes;
  } finally {
    await source.close();
  }
}

function decoder(bytes: Uint8Array): Sharp {
  return sharp(bytes, {
    limitInputPixels: MAX_IMAGE_PIXELS,
    failOn: 'error',
    ignoreIcc: true,
    pages: 1,
  }).timeout({
    seconds: MAX_CODEC_SECONDS,
  });
}

/**
 * Decodes PNG, JPEG, WebP or AVIF. Size and kind are checked from the header, before any pixel is decoded; of an animation,
 * the first picture is read.
 *
 * @throws WatermarkError MEDIA_UNSUPPORTED, MEDIA_TOO_LARGE, MEDIA_UNREADABLE
 */
export async function readImage(content: ContentSource): Promise<OpenedImage> {
  const source = await bytesOf(content);
  const format = imageFormatOf(source);
  const header = await headerOf(source, format);
  const grey = header.space === 'b-w' || header.space === 'grey16';
  const upright = decoder(source)
    .autoOrient()
    .toColourspace(grey ? 'b-w' : 'srgb');
  const { data, info } = await upright
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw unreadable(cause);
    });
  return {
    ...separated(data, info.width, info.height, info.channels),
    format,
    source,
    hasProfile: header.icc !== undefined && !grey,
  };
}

async function headerOf(source: Uint8Array, format: ImageFormat): Promise<Metadata> {
  const unlimited = sharp(source, { limitInputPixels: false, ignoreIcc: true, pages: 1 });
  const header = await unlimited.metadata().catch((cause: unknown) => {
    throw unreadable(cause);
  });
  const { width, height } = header;
  // The decoder chooses by its own reading of the bytes: it must have chosen what we did.
  if (header.format !== DECODERS[format]) throw unreadable(new Error(`decoded as ${header.format}`));
  if (width * height > MAX_IMAGE_PIXELS || Math.max(width, height) > MAX_IMAGE_SIDE) {
    throw new WatermarkError(
      'MEDIA_TOO_LARGE',
      `The image says it has ${width}×${height} pixels; at most ${MAX_IMAGE_PIXELS} are read, ${MAX_IMAGE_SIDE} along a side.`,
    );
  }
  if (header.space === 'cmyk') {
    throw new WatermarkError(
      'MEDIA_UNSUPPORTED',
      'The image holds printing inks (CMYK), which no two programs turn into colors alike. Convert it to RGB first.',
    );
  }
  return header;
}

/** Color and opacity apart. */
function separated(data: Buffer, width: number, height: number, channels: number): ImagePixels {
  const colors = channels >= 3 ? 3 : 1;
  if (channels === colors) return { width, height, channels: colors, samples: data };
  const count = width * height;
  const samples = new Uint8Array(count * colors);
  const alpha = new Uint8Array(count);
  for (let pixel = 0; pixel < count; pixel += 1) {
    for (let color = 0; color < colors; color += 1) {
      samples[pixel * colors + color] = data[pixel * channels + color];
    }
    alpha[pixel] = data[pixel * channels + colors];
  }
  return { width, height, channels: colors, samples, alpha };
}

/**
 * Writes pixels in the format that the ending of `path` names, with the color profile of the image they come from. PNG and
 * WebP without loss; JPEG at quality 95 and AVIF at 85, both with full color resolution. A file appears only when all of it
 * was written.
 *
 * @throws WatermarkError MEDIA_UNSUPPORTED where the format cannot hold the image's opacity, or the name names none
 */
export async function writeImage(pixels: ImagePixels, path: string, original: OpenedImage): Promise<void> {
  const format = formatOfName(path);
  if (format === 'jpeg' && pixels.alpha !== undefined) {
    throw new WatermarkError(
      'MEDIA_UNSUPPORTED',
      'JPEG has no transparency. Write a PNG, WebP or AVIF file.',
      {
        subject: 'output',
      },
    );
  }
  const image = encoded(withProfile(pixels, original), format).timeout({ seconds: MAX_CODEC_SECONDS });
  await writeReplaced(path, (temporary) => image.toFile(temporary));
}

function encoded(image: Sharp, format: ImageFormat): Sharp {
  if (format === 'png') return image.png();
  if (format === 'webp') return image.webp({ lossless: true });
  if (format === 'jpeg') return image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
  return image.avif({ quality: 85, chromaSubsampling: '4:4:4', effort: 4 });
}

/** The pixels over the file they come from, whose color profile goes along; fully opaque, so that no value changes. */
function withProfile(pixels: ImagePixels, original: OpenedImage): Sharp {
  const { width, height, alpha } = pixels;
  const image = { raw: { width, height, channels: pixels.channels } } as const;
  const space = pixels.channels === 1 ? 'b-w' : 'srgb';
  if (alpha !== undefined) {
    return sharp(pixels.samples, image).joinChannel(Buffer.from(alpha), {
      raw: { width, height, channels: 1 },
    });
  }
  if (!original.hasProfile) return sharp(pixels.samples, image).toColourspace(space);
  return decoder(original.source)
    .autoOrient()
    .composite([{ input: Buffer.from(pixels.samples), ...image, blend: 'over' }])
    .removeAlpha()
    .keepIccProfile();
}
