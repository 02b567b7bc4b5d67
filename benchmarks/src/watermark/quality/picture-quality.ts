import sharp from 'sharp';

export interface PictureQuality {
  /** dB over the three colors; Infinity for the same picture. */
  readonly psnr: number;
  /** Of the luma (0.299, 0.587, 0.114), see structuralSimilarity. */
  readonly ssim: number;
}

export interface Plane {
  readonly samples: Float64Array;
  readonly width: number;
  readonly height: number;
}

const PEAK = 255;
/** Z. Wang et al. 2004: windows of 7 × 7 of equal weight, constants (0.01·255)² and (0.03·255)². */
const WINDOW = 7;
const C1 = 6.5025;
const C2 = 58.5225;

/** How far a marked picture is from the original. Throws Error where their sizes differ. */
export async function pictureQuality(original: string, marked: string): Promise<PictureQuality> {
  const [a, b] = [await colors(original), await colors(marked)];
  if (a.width !== b.width || a.height !== b.height) {
    throw new Error(
      `The marked picture has ${b.width}×${b.height} pixels, the original ${a.width}×${a.height}.`,
    );
  }
  return { psnr: psnr(a.data, b.data), ssim: structuralSimilarity(luma(a), luma(b)) };
}

interface Colors {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

async function colors(file: string): Promise<Colors> {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Peak signal-to-noise ratio in dB of 8-bit samples. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    sum += difference * difference;
  }
  return 10 * Math.log10((PEAK * PEAK * a.length) / sum);
}

function luma({ data, width, height }: Colors): Plane {
  const samples = new Float64Array(width * height);
  for (let at = 0; at < samples.length; at += 1) {
    samples[at] =
      0.299 * (data[3 * at] ?? 0) + 0.587 * (data[3 * at + 1] ?? 0) + 0.114 * (data[3 * at + 2] ?? 0);
  }
  return { samples, width, height };
}

/** Mean structural similarity over all whole windows, with sample covariance, as scikit-image computes it by default. */
export function structuralSimilarity(a: Plane, b: Plane): number {
  const count = WINDOW * WINDOW;
  const sumA = windowSums(a.samples, a);
  const sumB = windowSums(b.samples, a);
  const squareA = windowSums(product(a.samples, a.samples), a);
  const squareB = windowSums(product(b.samples, b.samples), a);
  const both = windowSums(product(a.samples, b.samples), a);
  let total = 0;
  for (let at = 0; at < both.length; at += 1) {
    const meanA = (sumA[at] ?? 0) / count;
    const meanB = (sumB[at] ?? 0) / count;
    const varianceA = ((squareA[at] ?? 0) - count * meanA * meanA) / (count - 1);
    const varianceB = ((squareB[at] ?? 0) - count * meanB * meanB) / (count - 1);
    const covariance = ((both[at] ?? 0) - count * meanA * meanB) / (count - 1);
    total +=
      ((2 * meanA * meanB + C1) * (2 * covariance + C2)) /
      ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2));
  }
  return total / both.length;
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, at) => value * (b[at] ?? 0));
}

/** Sums over every whole window. */
function windowSums(values: Float64Array, { width, height }: Plane): Float64Array {
  const across = width - WINDOW + 1;
  const down = height - WINDOW + 1;
  const rows = new Float64Array(across * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < across; x += 1) rows[y * across + x] = strided(values, y * width + x, 1);
  }
  const sums = new Float64Array(across * down);
  for (let at = 0; at < sums.length; at += 1) sums[at] = strided(rows, at, across);
  return sums;
}

function strided(values: Float64Array, from: number, step: number): number {
  let sum = 0;
  for (let k = 0; k < WINDOW; k += 1) sum += values[from + k * step] ?? 0;
  return sum;
}
