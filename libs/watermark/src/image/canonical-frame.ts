import { emptyPlane, type Plane } from './plane';

/** Area of the canonical frame in pixels: detection costs the same for every size of image. */
export const CANONICAL_AREA = 512 * 512;

export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** Size of the canonical frame of an image: its shape, with the area CANONICAL_AREA as nearly as whole pixels allow. */
export function canonicalSize(width: number, height: number): FrameSize {
  const scale = Math.sqrt(CANONICAL_AREA / (width * height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/** Weights of one output sample: from `first`, `count` inputs. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float64Array;
  readonly stride: number;
}

/**
 * Triangle filter whose half-width is the larger of one input and one output pixel: bilinear interpolation when enlarging,
 * weighted area average when reducing. Weights are normalized; outside the image there is nothing.
 */
function trianglesOf(from: number, to: number): Taps {
  const ratio = from / to;
  const support = Math.max(1, ratio);
  const stride = Math.floor(2 * support) + 2;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Float64Array(to * stride);
  for (let out = 0; out < to; out += 1) {
    const center = (out + 0.5) * ratio - 0.5;
    const low = Math.max(0, Math.floor(center - support) + 1);
    const high = Math.min(from - 1, Math.floor(center + support));
    let sum = 0;
    for (let at = low; at <= high; at += 1) {
      const weight = Math.max(0, 1 - Math.abs(at - center) / support);
      weights[out * stride + at - low] = weight;
      sum += weight;
    }
    for (let at = low; at <= high; at += 1) weights[out * stride + at - low] /= sum;
    first[out] = low;
    count[out] = high - low + 1;
  }
  return { first, count, weights, stride };
}

/** The plane in another size: rows first, then columns (`trianglesOf`). */
export function resample(samples: Uint8Array | Float32Array, from: FrameSize, to: FrameSize): Plane {
  const across = trianglesOf(from.width, to.width);
  const down = trianglesOf(from.height, to.height);
  const result = emptyPlane(to.width, to.height);
  const rows = new Float32Array(to.width * from.height);
  for (let row = 0; row < from.height; row += 1) {
    for (let out = 0; out < to.width; out += 1) {
      const start = row * from.width + across.first[out];
      const weightAt = out * across.stride;
      let sum = 0;
      for (let tap = 0; tap < across.count[out]; tap += 1) {
        sum += samples[start + tap] * across.weights[weightAt + tap];
      }
      rows[row * to.width + out] = sum;
    }
  }
  const line = new Float64Array(to.width);
  for (let out = 0; out < to.height; out += 1) {
    line.fill(0);
    for (let tap = 0; tap < down.count[out]; tap += 1) {
      const weight = down.weights[out * down.stride + tap];
      const start = (down.first[out] + tap) * to.width;
      for (let column = 0; column < to.width; column += 1) line[column] += rows[start + column] * weight;
    }
    result.samples.set(line, out * to.width);
  }
  return result;
}
