import { type FrameSize } from './canonical-frame';

/** Windows of 7×7 pixels of equal weight. */
const WINDOW = 7;
const COUNT = WINDOW * WINDOW;
/** Constants of Z. Wang et al. 2004 for 8 bits: (0.01·255)² and (0.03·255)². */
const C1 = 6.5025;
const C2 = 58.5225;
/** Sums that a window needs: a, b, a², b², a·b. */
const SUMS = 5;

/** Mean square of the differences. */
export function meanSquareError(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] - b[index]) * (a[index] - b[index]);
  return sum / a.length;
}

/**
 * Mean structural similarity of two 8-bit images of `channels` interleaved channels (Wang et al. 2004): windows of 7×7
 * wholly inside, sample covariance, the mean over the channels. Throws RangeError for images smaller than a window.
 */
export function similarity(a: Uint8Array, b: Uint8Array, size: FrameSize, channels = 1): number {
  if (Math.min(size.width, size.height) < WINDOW) throw new RangeError('smaller than a window');
  let sum = 0;
  for (let channel = 0; channel < channels; channel += 1) sum += ofChannel(a, b, size, { channels, channel });
  return sum / channels;
}

interface Channel {
  readonly channels: number;
  readonly channel: number;
}

/** Column sums of the last seven rows are kept: integers, so that nothing is rounded before the quotient. */
function ofChannel(
  a: Uint8Array,
  b: Uint8Array,
  { width, height }: FrameSize,
  { channels, channel }: Channel,
): number {
  const columns = new Int32Array(width * SUMS);
  let sum = 0;
  const add = (row: number, sign: number): void => {
    let at = row * width * channels + channel;
    for (let to = 0; to < columns.length; to += SUMS, at += channels) {
      const left = a[at];
      const right = b[at];
      columns[to] += sign * left;
      columns[to + 1] += sign * right;
      columns[to + 2] += sign * left * left;
      columns[to + 3] += sign * right * right;
      columns[to + 4] += sign * left * right;
    }
  };
  for (let row = 0; row < height; row += 1) {
    add(row, 1);
    if (row >= WINDOW) add(row - WINDOW, -1);
    if (row >= WINDOW - 1) sum += ofWindows(columns);
  }
  return sum / ((width - WINDOW + 1) * (height - WINDOW + 1));
}

/** Sum over the windows of one row. */
function ofWindows(columns: Int32Array): number {
  let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
  let sum = 0;
  for (let to = 0; to < columns.length; to += SUMS) {
    a += columns[to];
    b += columns[to + 1];
    aa += columns[to + 2];
    bb += columns[to + 3];
    ab += columns[to + 4];
    if (to < (WINDOW - 1) * SUMS) continue;
    sum += ofWindow(a, b, aa, bb, ab);
    const first = to - (WINDOW - 1) * SUMS;
    a -= columns[first];
    b -= columns[first + 1];
    aa -= columns[first + 2];
    bb -= columns[first + 3];
    ab -= columns[first + 4];
  }
  return sum;
}

function ofWindow(a: number, b: number, aa: number, bb: number, ab: number): number {
  const meanA = a / COUNT;
  const meanB = b / COUNT;
  const varianceA = (aa - a * meanA) / (COUNT - 1);
  const varianceB = (bb - b * meanB) / (COUNT - 1);
  const covariance = (ab - a * meanB) / (COUNT - 1);
  const likeness = (2 * meanA * meanB + C1) * (2 * covariance + C2);
  return likeness / ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2));
}
