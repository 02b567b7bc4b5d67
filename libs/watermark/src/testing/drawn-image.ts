import { cosineOfTurn, TURN } from '../signal/trigonometry';

/** Looked up once: in the sandbox of a test, a look-up for every pixel costs more than the work. */
const { imul, max, min, round } = Math;

/** RGB samples of a made-up scene: slopes, discs with edges, waves and grain. Same seed, same pixels, everywhere. */
export function drawnImage(width: number, height: number, seed = 1): Uint8Array {
  const samples = new Uint8Array(width * height * 3);
  const discs = Array.from({ length: 12 }, (_, index) => ({
    x: (hash(seed, index, 1) * width) | 0,
    y: (hash(seed, index, 2) * height) | 0,
    radius: (0.05 + 0.15 * hash(seed, index, 3)) * width,
    level: 160 * hash(seed, index, 4) - 80,
  }));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const slope = 90 + (80 * x) / width + (30 * y) / height;
      const wave = 12 * cosineOfTurn(round((TURN * (x * (5 + seed) + y * 9)) / 160));
      const grain = 16 * (hash(x, y, seed) - 0.5) + 24 * (hash(x >> 2, y >> 2, seed + 7) - 0.5);
      const over = discs.filter(
        (disc) => (x - disc.x) * (x - disc.x) + (y - disc.y) * (y - disc.y) < disc.radius * disc.radius,
      );
      const level = slope + wave + grain + over.reduce((sum, disc) => sum + disc.level, 0);
      for (let color = 0; color < 3; color += 1) {
        samples[(y * width + x) * 3 + color] = max(0, min(255, round(level + 10 * color)));
      }
    }
  }
  return samples;
}

/** 0 to 1, mixed from three integers (multiplications as in MurmurHash3's finalizer, A. Appleby). */
function hash(a: number, b: number, c: number): number {
  let value = imul(a + 1, 0x9e3779b1) ^ imul(b + 1, 0x85ebca6b) ^ imul(c + 1, 0xc2b2ae35);
  value = imul(value ^ (value >>> 16), 0x85ebca6b);
  value = imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0) / 4_294_967_296;
}
