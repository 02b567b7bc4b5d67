import sharp from 'sharp';
import { type Preparation } from './manifest';

/** Dots an inch at which a drawing has the size that it states; sharp's own, and the range it takes. */
const SVG_DENSITY = 72;
const MAX_SVG_DENSITY = 2400;
/** Pixels of the largest source picture (6000 × 4000), with room; more is no picture of the corpus. */
const MAX_SOURCE_PIXELS = 64_000_000;

/** Opaque 8-bit RGB of the wanted area, as PNG; a drawing is rasterised at that size. */
export async function prepareImage(input: string, output: string, { pixels }: Preparation): Promise<void> {
  const { width, height, format } = await sharp(input, { limitInputPixels: false }).metadata();
  const scale = pixels === undefined ? 1 : Math.sqrt(pixels / (width * height));
  const density =
    format === 'svg' ? Math.min(MAX_SVG_DENSITY, Math.max(1, SVG_DENSITY * scale)) : SVG_DENSITY;
  let image = sharp(input, { density, limitInputPixels: MAX_SOURCE_PIXELS })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
  if (pixels !== undefined) {
    image = image.resize(Math.round(width * scale), Math.round(height * scale), {
      kernel: 'lanczos3',
      fit: 'fill',
    });
  }
  await image.png({ compressionLevel: 6 }).toFile(output);
}
