/** Looked up once: in the sandbox of a test, a look-up for every pixel costs more than the work. */
const { abs, floor, max, min, round } = Math;

/** Interleaved 8-bit samples. */
export interface Raster {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Rows of a homography: output pixel (x, y, 1) to input pixel, up to scale. */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

/** The picture seen through a homography on a canvas of the same size, bicubic (Catmull-Rom), black outside. */
export function warp(input: Raster, map: Homography): Raster {
  const { width, height, channels } = input;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const depth = map[6] * x + map[7] * y + map[8];
      const fromX = (map[0] * x + map[1] * y + map[2]) / depth;
      const fromY = (map[3] * x + map[4] * y + map[5]) / depth;
      if (fromX < 0 || fromY < 0 || fromX > width - 1 || fromY > height - 1) continue;
      sample(input, fromX, fromY, data.subarray((y * width + x) * channels, (y * width + x + 1) * channels));
    }
  }
  return { data, width, height, channels };
}

function sample({ data, width, height, channels }: Raster, x: number, y: number, output: Uint8Array): void {
  const left = floor(x);
  const top = floor(y);
  const across = cubicWeights(x - left);
  const down = cubicWeights(y - top);
  for (let channel = 0; channel < channels; channel += 1) {
    let sum = 0;
    for (let row = 0; row < 4; row += 1) {
      const line = clamp(top + row - 1, height) * width;
      let inRow = 0;
      for (let column = 0; column < 4; column += 1) {
        inRow += across[column] * data[(line + clamp(left + column - 1, width)) * channels + channel];
      }
      sum += down[row] * inRow;
    }
    output[channel] = toByte(sum);
  }
}

function clamp(index: number, length: number): number {
  return min(length - 1, max(0, index));
}

/** Catmull-Rom weights of the four neighbors of a point at `t` from the second. */
function cubicWeights(t: number): readonly [number, number, number, number] {
  return [
    0.5 * (-t + 2 * t * t - t * t * t),
    0.5 * (2 - 5 * t * t + 3 * t * t * t),
    0.5 * (t + 4 * t * t - 3 * t * t * t),
    0.5 * (t * t * t - t * t),
  ];
}

export function toByte(value: number): number {
  return min(255, max(0, round(value)));
}

/** Turn about the center by the angle with the given sine and cosine. */
export function rotation(width: number, height: number, sine: number, cosine: number): Homography {
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  return [
    ...([cosine, -sine, middleX - cosine * middleX + sine * middleY] as const),
    ...([sine, cosine, middleY - sine * middleX - cosine * middleY] as const),
    ...([0, 0, 1] as const),
  ];
}

/** A corner's place: x, y. */
export type Point = readonly [number, number];

/** The homography that takes the four points of the output to those of the input (in the same order). */
export function throughPoints(output: readonly Point[], input: readonly Point[]): Homography {
  const rows = output.flatMap(([x, y], at) => {
    const [u, v] = input[at];
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ];
  });
  const [a, b, c, d, e, f, g, h] = solved(rows);
  return [a, b, c, d, e, f, g, h, 1];
}

/** Gaussian elimination with row exchange; the last entry of each row is the right-hand side. */
function solved(rows: number[][]): number[] {
  const size = rows.length;
  for (let pivot = 0; pivot < size; pivot += 1) {
    const best = bestRow(rows, pivot);
    [rows[pivot], rows[best]] = [rows[best], rows[pivot]];
    for (const row of rows.filter((_, index) => index !== pivot)) {
      const factor = row[pivot] / rows[pivot][pivot];
      for (let column = pivot; column <= size; column += 1) row[column] -= factor * rows[pivot][column];
    }
  }
  return rows.map((row, index) => row[size] / row[index]);
}

function bestRow(rows: readonly number[][], pivot: number): number {
  let best = pivot;
  for (let row = pivot + 1; row < rows.length; row += 1) {
    if (abs(rows[row][pivot]) > abs(rows[best][pivot])) best = row;
  }
  return best;
}
