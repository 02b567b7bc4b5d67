import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { IMAGE_ATTACKS } from './image-attacks';
import { rotation, throughPoints, warp, type Raster } from './image-warp';

const WIDTH = 120;
const HEIGHT = 80;
/** Smooth, with some detail, in colors that no attack saturates. */
const DRAWN = Buffer.from(
  Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return 60 + ((pixel % WIDTH) % 40) + Math.floor(pixel / WIDTH) / 2 + 20 * (at % 3);
  }),
);

let folder: string;
let input: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'image-attacks-'));
  input = join(folder, 'in.png');
  await sharp(DRAWN, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .png()
    .toFile(input);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function attacked(name: string): Promise<Raster> {
  const attack = IMAGE_ATTACKS.find((one) => one.name === name)!;
  const output = join(folder, `${name}.png`);
  await attack.apply(input, output);
  const { data, info } = await sharp(output).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, at) => sum + (value - b[at]) ** 2, 0) / a.length;

describe('attacks on pictures', () => {
  it('have names of their own', () => {
    expect(new Set(IMAGE_ATTACKS.map(({ name }) => name)).size).toBe(IMAGE_ATTACKS.length);
    expect(IMAGE_ATTACKS.every(({ medium }) => medium === 'image')).toBe(true);
  });

  it.each(IMAGE_ATTACKS.map((attack) => [attack.name, attack] as const))(
    '%s writes a changed picture, the same bytes each time',
    async (_, attack) => {
      const [first, second] = [join(folder, '1.png'), join(folder, '2.png')];
      await attack.apply(input, first);
      await attack.apply(input, second);
      expect((await readFile(first)).equals(await readFile(second))).toBe(true);
      const { width, height } = await sharp(first).metadata();
      const pixels = await sharp(first).toColourspace('srgb').raw().toBuffer();
      expect(width * height !== WIDTH * HEIGHT || !pixels.equals(DRAWN)).toBe(true);
    },
  );

  it.each([
    ['resize-75', 90, 60],
    ['resize-150', 180, 120],
    ['resize-50-and-back', WIDTH, HEIGHT],
    ['crop-keep-50', 85, 57],
    ['crop-keep-25', 60, 40],
    ['rotate-2', WIDTH, HEIGHT],
    ['rotate-90', HEIGHT, WIDTH],
    ['jpeg-75-resize-75', 90, 60],
  ])('%s leaves %i × %i pixels', async (name, width, height) => {
    expect(await attacked(name)).toMatchObject({ width, height });
  });

  it('noise-10 has the spread that its name says', async () => {
    expect(Math.sqrt(difference((await attacked('noise-10')).data, DRAWN))).toBeCloseTo(10, 0);
  });

  it('brightness-120 multiplies and clips', async () => {
    const { data } = await attacked('brightness-120');
    expect(data.every((value, at) => value === Math.min(255, Math.round(DRAWN[at] * 1.2)))).toBe(true);
  });

  it('hue-20 leaves the lightest channel as light', async () => {
    const { data } = await attacked('hue-20');
    for (let at = 0; at < 300; at += 3) {
      expect(Math.max(...data.subarray(at, at + 3))).toBe(Math.max(...DRAWN.subarray(at, at + 3)));
    }
  });

  it('refuses a file that is no picture, and writes none', async () => {
    const attack = IMAGE_ATTACKS[0];
    const output = join(folder, 'none.png');
    await expect(attack.apply(__filename, output)).rejects.toThrow();
    await expect(readFile(output)).rejects.toThrow();
  });
});

describe('a warp', () => {
  const raster: Raster = { data: DRAWN, width: WIDTH, height: HEIGHT, channels: 3 };

  it('by nothing changes nothing', () => {
    expect(warp(raster, rotation(WIDTH, HEIGHT, 0, 1)).data).toEqual(new Uint8Array(DRAWN));
  });

  it('by half a turn twice changes nothing', () => {
    const once = warp(raster, rotation(WIDTH, HEIGHT, 0, -1));
    expect(warp(once, rotation(WIDTH, HEIGHT, 0, -1)).data).toEqual(new Uint8Array(DRAWN));
    expect(once.data).not.toEqual(new Uint8Array(DRAWN));
  });

  it('through points takes each to its own', () => {
    const from = [
      [3, 4],
      [100, 9],
      [90, 70],
      [8, 66],
    ] as const;
    const to = [
      [0, 0],
      [119, 0],
      [119, 79],
      [0, 79],
    ] as const;
    const map = throughPoints(from, to);
    from.forEach(([x, y], at) => {
      const depth = map[6] * x + map[7] * y + map[8];
      expect((map[0] * x + map[1] * y + map[2]) / depth).toBeCloseTo(to[at][0], 6);
      expect((map[3] * x + map[4] * y + map[5]) / depth).toBeCloseTo(to[at][1], 6);
    });
  });
});
