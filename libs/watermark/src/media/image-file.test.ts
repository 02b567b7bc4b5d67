import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawnImage } from '../testing/drawn-image';
import { type OpenedImage, readImage, writeImage } from './image-file';
import { formatOfName, imageFormatOf } from './image-format';

jest.setTimeout(120_000);

const SIZE = { width: 33, height: 21 };
const RGB = drawnImage(SIZE.width, SIZE.height);
const RAW = { raw: { ...SIZE, channels: 3 } } as const;
const drawn = (): sharp.Sharp => sharp(RGB, RAW);
const opened = async (image: sharp.Sharp): Promise<OpenedImage> =>
  await readImage({ bytes: await image.toBuffer() });
const withCode = (code: string): Error => expect.objectContaining({ code }) as Error;

const folder = mkdtempSync(join(tmpdir(), 'image-file-'));
const at = (name: string): string => join(folder, name);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A PNG whose header says another size than it has. */
function lying(png: Buffer, width: number, height: number): Buffer {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  let crc = 0xffffffff;
  for (const byte of bytes.subarray(12, 29)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0xedb88320);
  }
  bytes.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 29);
  return bytes;
}

describe('images are read as stored', () => {
  it.each(['png', 'webp'] as const)('%s without loss', async (format) => {
    const image = await opened(format === 'png' ? drawn().png() : drawn().webp({ lossless: true }));
    expect(image).toMatchObject({ ...SIZE, channels: 3, format, hasProfile: false });
    expect(Buffer.from(image.samples).equals(Buffer.from(RGB))).toBe(true);
    expect(image.alpha).toBeUndefined();
  });

  it.each(['jpeg', 'avif'] as const)('%s in its size', async (format) => {
    expect(await opened(drawn().toFormat(format))).toMatchObject({ ...SIZE, channels: 3, format });
  });

  it('grey as one channel', async () => {
    const grey = RGB.filter((_, index) => index % 3 === 0);
    const image = await opened(
      sharp(grey, { raw: { ...SIZE, channels: 1 } })
        .toColourspace('b-w')
        .png(),
    );
    expect(image.channels).toBe(1);
    expect(Buffer.from(image.samples).equals(Buffer.from(grey))).toBe(true);
    await writeImage(image, at('grey.png'), image);
    const again = await readImage({ path: at('grey.png') });
    expect(again.channels).toBe(1);
    expect(Buffer.from(again.samples).equals(Buffer.from(grey))).toBe(true);
  });

  it('16 bits by their upper byte', async () => {
    const image = await opened(drawn().toColourspace('rgb16').png());
    expect(image.samples).toHaveLength(RGB.length);
    const furthest = Math.max(...image.samples.map((value, index) => Math.abs(value - RGB[index])));
    expect(furthest).toBeLessThanOrEqual(1);
  });

  it('palettes as colors, one pixel as one pixel', async () => {
    expect((await opened(drawn().png({ palette: true }))).channels).toBe(3);
    const dot = sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } });
    expect(await opened(dot.png())).toMatchObject({ width: 1, height: 1 });
  });

  it('upright after the orientation of EXIF', async () => {
    const image = await opened(drawn().withMetadata({ orientation: 6 }).jpeg());
    expect(image).toMatchObject({ width: SIZE.height, height: SIZE.width });
  });

  it('opacity aside', async () => {
    const image = await opened(drawn().ensureAlpha(0.5).png());
    expect(image.channels).toBe(3);
    expect(Buffer.from(image.samples).equals(Buffer.from(RGB))).toBe(true);
    expect(new Set(image.alpha)).toEqual(new Set([127]));
  });

  it('whatever a color profile says, which is kept', async () => {
    const image = await opened(drawn().withIccProfile('p3').png());
    const plain = await sharp(image.source, { ignoreIcc: true }).raw().toBuffer();
    expect(image.hasProfile).toBe(true);
    expect(Buffer.from(image.samples).equals(plain)).toBe(true);
    await writeImage(image, at('profile.png'), image);
    expect((await sharp(at('profile.png')).metadata()).icc).toBeDefined();
    const again = await readImage({ path: at('profile.png') });
    expect(Buffer.from(again.samples).equals(plain)).toBe(true);
  });
});

describe('images are written', () => {
  it.each(['png', 'webp'])('%s without loss, opacity too', async (ending) => {
    const image = await opened(drawn().ensureAlpha(0.25).png());
    await writeImage(image, at(`alpha.${ending}`), image);
    const again = await readImage({ path: at(`alpha.${ending}`) });
    expect(Buffer.from(again.alpha!).equals(Buffer.from(image.alpha!))).toBe(true);
    expect(Buffer.from(again.samples).equals(Buffer.from(image.samples))).toBe(true);
  });

  it.each(['jpg', 'JPEG', 'avif'])('%s nearly without loss', async (ending) => {
    const image = await opened(drawn().png());
    await writeImage(image, at(`lossy.${ending}`), image);
    const again = await readImage({ path: at(`lossy.${ending}`) });
    const mean =
      again.samples.reduce((sum, value, index) => sum + Math.abs(value - RGB[index]), 0) / RGB.length;
    expect(mean).toBeLessThan(4);
  });

  it('not as JPEG with opacity, and then not at all', async () => {
    const image = await opened(drawn().ensureAlpha(0.25).png());
    await expect(writeImage(image, at('opacity.jpg'), image)).rejects.toThrow(withCode('MEDIA_UNSUPPORTED'));
    expect(readdirSync(folder).filter((name) => name.startsWith('opacity'))).toEqual([]);
  });

  it('beside files of whatever name, which stay', async () => {
    const image = await opened(drawn().png());
    writeFileSync(at('kept.png.part'), 'of someone else');
    await writeImage(image, at('kept.png'), image);
    expect(readFileSync(at('kept.png.part'), 'utf8')).toBe('of someone else');
    await expect(writeImage(image, at('kept.png/below.png'), image)).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.includes('kept'))).toEqual([
      'kept.png',
      'kept.png.part',
    ]);
  });

  it('nowhere where there is no folder', async () => {
    const image = await opened(drawn().png());
    await expect(writeImage(image, at('nowhere/image.png'), image)).rejects.toThrow();
  });
});

describe('refused', () => {
  it.each(['gif', 'tiff'] as const)('MEDIA_UNSUPPORTED: %s', async (format) => {
    await expect(opened(drawn().toFormat(format))).rejects.toThrow(withCode('MEDIA_UNSUPPORTED'));
  });

  it.each([
    ...['', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'RIFF1234WAVE', '%PDF-1.7', 'hello', '????ftypavif'],
    '<!--ftypavif--><svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>',
  ])('MEDIA_UNSUPPORTED: "%s"', async (text) => {
    await expect(readImage({ bytes: Buffer.from(text) })).rejects.toThrow(withCode('MEDIA_UNSUPPORTED'));
    expect(() => imageFormatOf(Buffer.from(text))).toThrow(withCode('MEDIA_UNSUPPORTED'));
  });

  it.each(['image', 'image.gif', 'image.png.exe', 'png', '.png/constructor'])(
    'MEDIA_UNSUPPORTED: writing %s',
    (name) => {
      expect(() => formatOfName(name)).toThrow(withCode('MEDIA_UNSUPPORTED'));
    },
  );

  it('MEDIA_UNSUPPORTED: printing inks', async () => {
    await expect(opened(drawn().toColourspace('cmyk').jpeg())).rejects.toThrow(withCode('MEDIA_UNSUPPORTED'));
  });

  it.each(['png', 'jpeg', 'webp', 'avif'] as const)('MEDIA_UNREADABLE: a %s cut off', async (format) => {
    const bytes = await sharp(drawnImage(200, 150), { raw: { width: 200, height: 150, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    for (const part of [0.9, 0.5, 0.1]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * part));
      await expect(readImage({ bytes: cut })).rejects.toThrow(withCode('MEDIA_UNREADABLE'));
    }
  });

  it('MEDIA_UNREADABLE: a signature and nothing behind it', async () => {
    for (const bytes of [Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from([0xff, 0xd8, 0xff])]) {
      await expect(readImage({ bytes })).rejects.toThrow(withCode('MEDIA_UNREADABLE'));
    }
  });

  it.each([
    ['MEDIA_TOO_LARGE', 60_000, 60_000],
    ['MEDIA_UNREADABLE', 2 ** 30, 1],
    ['MEDIA_TOO_LARGE', 16_384, 10],
    ['MEDIA_TOO_LARGE', 8_000, 8_000],
    ['MEDIA_UNREADABLE', 5_000, 5_000],
    ['MEDIA_UNREADABLE', 0, 10],
  ])('%s: a header that says %d×%d', async (code, width, height) => {
    const png = await drawn().png().toBuffer();
    await expect(readImage({ bytes: lying(png, width, height) })).rejects.toThrow(withCode(code));
  });

  it('MEDIA_UNREADABLE: no file, or a folder', async () => {
    await expect(readImage({ path: at('absent.png') })).rejects.toThrow(withCode('MEDIA_UNREADABLE'));
    await expect(readImage({ path: folder })).rejects.toThrow(withCode('MEDIA_UNREADABLE'));
  });

  it('a name does not decide what a file is', async () => {
    writeFileSync(at('really-jpeg.png'), await drawn().jpeg().toBuffer());
    expect((await readImage({ path: at('really-jpeg.png') })).format).toBe('jpeg');
    expect(readFileSync(at('really-jpeg.png')).length).toBeGreaterThan(0);
  });
});
