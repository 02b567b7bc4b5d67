import { emptyPlane, type Plane } from './plane';

/**
 * Mean over the square of 2·radius + 1 pixels around each pixel; at the border, over the part of it inside the image.
 * Sums run along rows, then columns, in a fixed order.
 */
export function boxMean(plane: Plane, radius: number): Plane {
  const { width, height, samples } = plane;
  const rows = new Float64Array(width * height);
  for (let row = 0; row < height; row += 1) meanOfRow(samples, rows, row * width, width, radius);
  const result = emptyPlane(width, height);
  const sums = new Float64Array(width);
  let inside = 0;
  for (let row = 0; row < Math.min(radius, height); row += 1) {
    addRow(sums, rows, row * width, 1);
    inside += 1;
  }
  for (let row = 0; row < height; row += 1) {
    if (row + radius < height) {
      addRow(sums, rows, (row + radius) * width, 1);
      inside += 1;
    }
    if (row - radius - 1 >= 0) {
      addRow(sums, rows, (row - radius - 1) * width, -1);
      inside -= 1;
    }
    const start = row * width;
    for (let column = 0; column < width; column += 1) result.samples[start + column] = sums[column] / inside;
  }
  return result;
}

function meanOfRow(from: Float32Array, to: Float64Array, start: number, width: number, radius: number): void {
  let sum = 0;
  let inside = 0;
  for (let column = 0; column < Math.min(radius, width); column += 1) {
    sum += from[start + column];
    inside += 1;
  }
  for (let column = 0; column < width; column += 1) {
    if (column + radius < width) {
      sum += from[start + column + radius];
      inside += 1;
    }
    if (column - radius - 1 >= 0) {
      sum -= from[start + column - radius - 1];
      inside -= 1;
    }
    to[start + column] = sum / inside;
  }
}

function addRow(sums: Float64Array, rows: Float64Array, start: number, sign: number): void {
  for (let column = 0; column < sums.length; column += 1) sums[column] += sign * rows[start + column];
}
