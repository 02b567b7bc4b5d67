import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { pictureQuality, type Plane, psnr, structuralSimilarity } from './picture-quality';
import { segmentalSnr, snr } from './sound-quality';

const WIDTH = 40;
const HEIGHT = 30;

function plane(value: (x: number, y: number) => number): Plane {
  const samples = Float64Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
    value(at % WIDTH, Math.floor(at / WIDTH)),
  );
  return { samples, width: WIDTH, height: HEIGHT };
}

const PLAIN = plane((x, y) => (x * 7 + y * 13 + ((x * y) % 17)) % 256);
const MARKED = plane((x, y) => {
  const value = (PLAIN.samples[y * WIDTH + x] ?? 0) + ((x * 5 + y * 3) % 11) - 5;
  return Math.min(255, Math.max(0, value));
});

describe('quality of pictures', () => {
  // Computed by scikit-image 0.24: structural_similarity(a, b, data_range=255), peak_signal_noise_ratio(a, b).
  it('is what scikit-image says of the same pictures', () => {
    expect(structuralSimilarity(PLAIN, MARKED)).toBeCloseTo(0.996652141947644, 10);
    expect(psnr(Uint8Array.from(PLAIN.samples), Uint8Array.from(MARKED.samples))).toBeCloseTo(
      38.18286787048877,
      9,
    );
  });

  it('of the same picture is whole', () => {
    expect(structuralSimilarity(PLAIN, PLAIN)).toBe(1);
    expect(psnr(new Uint8Array(9), new Uint8Array(9))).toBe(Infinity);
  });

  describe('of files', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'quality-'));
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    const write = async (name: string, side: number): Promise<string> => {
      const file = join(folder, name);
      await sharp({ create: { width: side, height: side, channels: 3, background: '#777' } }).toFile(file);
      return file;
    };

    it('refuses pictures of different sizes', async () => {
      const [a, b] = [await write('a.png', 20), await write('b.png', 21)];
      await expect(pictureQuality(a, b)).rejects.toThrow('21×21');
    });

    it('refuses what is no picture', async () => {
      await expect(pictureQuality(__filename, __filename)).rejects.toThrow();
    });
  });
});

describe('quality of sounds', () => {
  const RATE = 1000;
  const tone = Float32Array.from({ length: RATE }, (_, at) => 0.5 * Math.sin(at / 3));

  it('is 20 dB where the noise has a tenth of the size', () => {
    const marked = tone.map((value) => value * 1.1);
    expect(snr(tone, marked)).toBeCloseTo(20, 3);
    expect(segmentalSnr(tone, marked, RATE)).toBeCloseTo(20, 3);
  });

  it('leaves silent frames out and bounds the others', () => {
    const half = tone.map((value, at) => (at < RATE / 2 ? 0 : value));
    const marked = half.map((value, at) => (at < RATE / 2 ? 0.1 : value));
    expect(segmentalSnr(half, marked, RATE)).toBe(80);
  });

  it('of silence alone is no number', () => {
    expect(segmentalSnr(new Float32Array(RATE), new Float32Array(RATE), RATE)).toBeNaN();
  });
});
