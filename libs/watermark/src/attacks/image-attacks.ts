import sharp, { type Sharp } from 'sharp';
import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { cosineOfTurn, sineOfTurn, TURN } from '../signal/trigonometry';
import { type AttackGroup, type FileAttack } from './file-attack';
import { type Point, type Raster, rotation, throughPoints, toByte, warp } from './image-warp';

/** Noise of attacks: fixed, and of no secret. */
const ATTACK_KEY = new WatermarkKey(Buffer.alloc(32, 0xa7));
/** Of any picture that is attacked; the corpus has none of more. */
const MAX_PIXELS = 64_000_000;
/** Mean and spread of the sum of twelve uniform bytes, which is close to a Gaussian. */
const BELL_BYTES = 12;
const BELL_MEAN = 1530;
const BELL_SPREAD = 255.998;

type PixelChange = (raster: Raster) => Raster;
type PipelineChange = (image: Sharp, width: number, height: number) => Sharp | Promise<Sharp>;

/**
 * Attacks on pictures: those of the reference list with its parameters, and those that OmniSeal Bench names (`centercrop`,
 * `resize-89`, `blur-17`, `median-3`, `median-5`, `perspective-40`, `hflip`, `hue-20`, `collage`, `comb`). Geometric ones
 * are not undone: the detector gets the picture as it is.
 */
export const IMAGE_ATTACKS: readonly FileAttack[] = [
  ...[90, 75, 50, 30].map((quality) => pipeline(`jpeg-${quality}`, 'compression', jpeg(quality))),
  pipeline('webp-75', 'compression', encoded('webp', 75)),
  // AVIF's encoder takes seconds at its usual effort; what is lost at this quality is much the same.
  pipeline('avif-50', 'compression', encoded('avif', 50, { effort: 2 })),
  ...[89, 75, 50].map((percent) => pipeline(`resize-${percent}`, 'geometric', resize(percent))),
  pipeline('resize-150', 'geometric', resize(150)),
  pipeline('resize-50-and-back', 'geometric', resizeAndBack(50)),
  ...[90, 50, 25].map((percent) => pipeline(`crop-keep-${percent}`, 'geometric', cropKeep(percent))),
  ...[2, 10, 45].map((degrees) => pixels(`rotate-${degrees}`, 'geometric', rotate(degrees))),
  pipeline('rotate-90', 'geometric', (image) => image.rotate(90)),
  pipeline('hflip', 'geometric', (image) => image.flop()),
  pixels('perspective-40', 'geometric', perspective(0.4)),
  pixels('brightness-120', 'valuemetric', scaleValues(1.2, 0)),
  pixels('brightness-80', 'valuemetric', scaleValues(0.8, 0)),
  pixels('contrast-150', 'valuemetric', scaleValues(1.5, -64)),
  pixels('hue-20', 'valuemetric', turnHue(0.2)),
  pipeline('grayscale', 'valuemetric', (image) => image.grayscale()),
  pixels('noise-10', 'valuemetric', noise(10)),
  // Widths of OpenCV's Gaussian kernels of 3 and 17 samples.
  pipeline('blur-3', 'valuemetric', (image) => image.blur(0.8)),
  pipeline('blur-17', 'valuemetric', (image) => image.blur(2.9)),
  ...[3, 5].map((size) => pipeline(`median-${size}`, 'valuemetric', (image) => image.median(size))),
  pipeline('sharpen', 'valuemetric', (image) => image.sharpen({ sigma: 1 })),
  pipeline('collage', 'editing', collage(0.7)),
  pixels('logo', 'editing', coverCorner(0.3)),
  combined('jpeg-75-resize-75', [resize(75), jpeg(75)]),
  combined('comb', [cropKeep(50), (image) => image.linear(1.5, 0), jpeg(80)]),
];

function attack(name: string, group: AttackGroup, apply: FileAttack['apply']): FileAttack {
  return { ...{ name, group, apply }, medium: 'image' };
}

function open(input: string | Buffer): Sharp {
  return sharp(input, { limitInputPixels: MAX_PIXELS });
}

/** In the format that the ending names; PNG with little effort, because thousands are written and read once. */
async function save(image: Sharp, output: string): Promise<void> {
  await (output.endsWith('.png') ? image.png({ compressionLevel: 1 }) : image).toFile(output);
}

/** An attack made of sharp's own operations. What a codec did is decoded again, so that the ending still decides. */
function pipeline(name: string, group: AttackGroup, change: PipelineChange): FileAttack {
  return attack(name, group, async (input, output) => {
    const image = open(input);
    const { width, height } = await image.metadata();
    await save(await change(image, width, height), output);
  });
}

function combined(name: string, changes: readonly PipelineChange[]): FileAttack {
  return attack(name, 'combined', async (input, output) => {
    let bytes = await open(input).png({ compressionLevel: 1 }).toBuffer();
    for (const change of changes) {
      const image = open(bytes);
      const { width, height } = await image.metadata();
      bytes = await (await change(image, width, height)).png({ compressionLevel: 1 }).toBuffer();
    }
    await save(open(bytes), output);
  });
}

function pixels(name: string, group: AttackGroup, change: PixelChange): FileAttack {
  return attack(name, group, async (input, output) => {
    const { data, info } = await open(input).raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const changed = change({ data, width, height, channels });
    await save(
      sharp(changed.data, { raw: { width: changed.width, height: changed.height, channels } }),
      output,
    );
  });
}

function jpeg(quality: number): PipelineChange {
  return encoded('jpeg', quality);
}

function encoded(
  format: 'jpeg' | 'webp' | 'avif',
  quality: number,
  options: { readonly effort?: number } = {},
): PipelineChange {
  return async (image) => open(await image.toFormat(format, { ...options, quality }).toBuffer());
}

function resize(percent: number): PipelineChange {
  return (image, width, height) =>
    image.resize(sized(width, percent), sized(height, percent), { fit: 'fill', kernel: 'lanczos3' });
}

function resizeAndBack(percent: number): PipelineChange {
  return async (image, width, height) => {
    const small = image.resize(sized(width, percent), sized(height, percent), { fit: 'fill' });
    return open(await small.png({ compressionLevel: 1 }).toBuffer()).resize(width, height, { fit: 'fill' });
  };
}

function sized(length: number, percent: number): number {
  return Math.max(1, Math.round((length * percent) / 100));
}

/** Keeps this share of the area, of the same shape, cut off a corner rather than about the center, at odd offsets. */
function cropKeep(percent: number): PipelineChange {
  return (image, width, height) => {
    const side = Math.sqrt(percent / 100);
    const kept = { width: Math.round(width * side), height: Math.round(height * side) };
    const left = Math.floor((width - kept.width) * 0.37);
    const top = Math.floor((height - kept.height) * 0.71);
    return image.extract({ left, top, ...kept });
  };
}

function rotate(degrees: number): PixelChange {
  const steps = Math.round((degrees * TURN) / 360);
  return (raster) =>
    warp(raster, rotation(raster.width, raster.height, sineOfTurn(steps), cosineOfTurn(steps)));
}

/** Corners drawn in by up to `distortion` of half a side, by fixed amounts (torchvision draws them at random). */
function perspective(distortion: number): PixelChange {
  return (raster) => {
    const right = raster.width - 1;
    const bottom = raster.height - 1;
    const inward = (share: number, side: number): number => (share * distortion * side) / 2;
    const drawn: Point[] = [
      [inward(0.55, right), inward(0.3, bottom)],
      [right - inward(0.2, right), inward(0.7, bottom)],
      [right - inward(0.6, right), bottom - inward(0.25, bottom)],
      [inward(0.15, right), bottom - inward(0.5, bottom)],
    ];
    const whole: Point[] = [
      [0, 0],
      [right, 0],
      [right, bottom],
      [0, bottom],
    ];
    return warp(raster, throughPoints(drawn, whole));
  };
}

function scaleValues(factor: number, offset: number): PixelChange {
  return (raster) => ({ ...raster, data: raster.data.map((value) => toByte(value * factor + offset)) });
}

function noise(spread: number): PixelChange {
  return (raster) => {
    const stream = new KeyedStream(ATTACK_KEY, 'attack/image/noise');
    const data = raster.data.map((value) => {
      let sum = 0;
      for (let index = 0; index < BELL_BYTES; index += 1) sum += stream.byte();
      return toByte(value + ((sum - BELL_MEAN) * spread) / BELL_SPREAD);
    });
    return { ...raster, data };
  };
}

/** Turns the hue of HSV by a share of the circle. */
function turnHue(share: number): PixelChange {
  return (raster) => {
    const data = raster.data.slice();
    if (raster.channels < 3) return { ...raster, data };
    for (let at = 0; at + 2 < data.length; at += raster.channels) turnPixel(data, at, share * 6);
    return { ...raster, data };
  };
}

function turnPixel(data: Uint8Array, at: number, sixths: number): void {
  const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
  const highest = Math.max(red, green, blue);
  const range = highest - Math.min(red, green, blue);
  if (range === 0) return;
  const hue = (hueOf([red, green, blue], highest, range) + sixths + 6) % 6;
  [5, 3, 1].forEach((shift, channel) => {
    const place = (hue + shift) % 6;
    data[at + channel] = toByte(highest - range * Math.max(0, Math.min(place, 4 - place, 1)));
  });
}

/** Hue in sixths of the circle. */
function hueOf(
  [red, green, blue]: readonly [number, number, number],
  highest: number,
  range: number,
): number {
  if (highest === red) return (green - blue) / range;
  return highest === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
}

/** The picture, smaller, on a larger ground with another picture's look: stripes of grey. */
function collage(share: number): PipelineChange {
  return async (image, width, height) => {
    const small = await image
      .resize(Math.round(width * share), Math.round(height * share), { fit: 'fill' })
      .png({ compressionLevel: 1 })
      .toBuffer();
    const ground = Buffer.alloc(width * height * 3);
    for (let at = 0; at < ground.length; at += 1) ground[at] = 96 + (((((at / 3) | 0) % width) >> 3) % 64);
    return sharp(ground, { raw: { width, height, channels: 3 } }).composite([
      { input: small, left: Math.floor(width * 0.17), top: Math.floor(height * 0.11) },
    ]);
  };
}

/** A plain patch over the lower right corner, this share of each side. */
function coverCorner(share: number): PixelChange {
  return (raster) => {
    const { width, height, channels } = raster;
    const data = raster.data.slice();
    const left = Math.round(width * (1 - share)) * channels;
    for (let y = Math.round(height * (1 - share)); y < height; y += 1) {
      data.fill(235, y * width * channels + left, (y + 1) * width * channels);
    }
    return { ...raster, data };
  };
}
