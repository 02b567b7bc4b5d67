import { canonicalSize, type FrameSize } from '../image/canonical-frame';
import { type MarkLayout } from '../image/mark-layout';
import { type Plane } from '../image/plane';
import { TilePattern } from '../image/tile-pattern';

/** Looked up once: in the sandbox of a test, a look-up for every pixel costs more than the work. */
const { fround, max, min, round, sqrt } = Math;

/** Pixels on each side of one whose variance tells how much of a change the picture hides there: 7×7. */
const RADIUS = 3;
const WINDOW = 2 * RADIUS + 1;
const WINDOW_PIXELS = WINDOW * WINDOW;
/** C2 of structural similarity, (0.03·255)²: what flat parts of a picture bear. */
const STABILITY = 58.5225;
/** Variance, in grey levels squared, above which more structure hides no more of the mark. */
const VARIANCE_CEILING = 14 * 14;

export interface VideoStrength {
  /** Mean square change of one picture that is not exceeded, in grey levels squared. */
  readonly meanSquare: number;
  /** Root mean square change of parts without structure that is not exceeded, in grey levels. */
  readonly flatChange: number;
}

/** The pattern that every picture of a video gets, before it is fitted to the picture. `word` is masked as embedded. */
export function videoPattern(
  size: FrameSize,
  layout: MarkLayout,
  word: Uint8Array,
  pilotGain: number,
): Plane {
  const pattern = new TilePattern();
  pattern.add(
    layout.data,
    Float64Array.from(word, (bit) => (bit === 1 ? -1 : 1)),
  );
  pattern.add(layout.pilots, new Float64Array(layout.pilots.across.length).fill(pilotGain));
  return pattern.over(size, canonicalSize(size.width, size.height));
}

/**
 * Adds one pattern to the brightness of picture after picture: where there is structure more, where there is none less,
 * and of each picture as much as its quality allows.
 */
export class FrameMarker {
  readonly #pattern: Plane;
  readonly #meanSquare: number;
  readonly #highestFactor: number;
  readonly #change: Float32Array;
  readonly #sums: Int32Array;
  readonly #squares: Int32Array;

  constructor(pattern: Plane, strength: VideoStrength) {
    this.#pattern = pattern;
    this.#meanSquare = strength.meanSquare;
    let energy = 0;
    for (const value of pattern.samples) energy += value * value;
    const deviation = sqrt(energy / pattern.samples.length);
    this.#highestFactor = strength.flatChange / (sqrt(STABILITY) * max(deviation, 1e-9));
    this.#change = new Float32Array(pattern.samples.length);
    this.#sums = new Int32Array(pattern.width + 2 * RADIUS);
    this.#squares = new Int32Array(pattern.width + 2 * RADIUS);
  }

  /** Marks the plane in place; gives the mean square change. */
  mark(luma: Uint8Array): number {
    const pixels = luma.length;
    const energy = this.#fit(luma);
    const factor = min(this.#highestFactor, sqrt((this.#meanSquare * pixels) / max(energy, 1e-9)));
    let square = 0;
    for (let index = 0; index < pixels; index += 1) {
      const before = luma[index];
      const after = max(0, min(255, before + round(this.#change[index] * factor)));
      luma[index] = after;
      square += (after - before) * (after - before);
    }
    return square / pixels;
  }

  /** Pattern times what the picture bears, into `#change`; gives its energy. */
  #fit(luma: Uint8Array): number {
    const { width, height } = this.#pattern;
    this.#sums.fill(0);
    this.#squares.fill(0);
    for (let row = -RADIUS; row <= RADIUS; row += 1) this.#addRow(luma, bounded(row, height), 1);
    let energy = 0;
    for (let row = 0; row < height; row += 1) {
      if (row > 0) {
        this.#addRow(luma, bounded(row + RADIUS, height), 1);
        this.#addRow(luma, bounded(row - RADIUS - 1, height), -1);
      }
      energy += this.#fitRow(row * width, width);
    }
    return energy;
  }

  /** Adds one row to the sums of columns, or takes it away; beyond the border the last column is repeated. */
  #addRow(luma: Uint8Array, row: number, sign: 1 | -1): void {
    const { width } = this.#pattern;
    const sums = this.#sums;
    const squares = this.#squares;
    const start = row * width;
    for (let column = 0; column < width; column += 1) {
      const value = luma[start + column];
      sums[column + RADIUS] += sign * value;
      squares[column + RADIUS] += sign * value * value;
    }
    for (let beyond = 0; beyond < RADIUS; beyond += 1) {
      sums[beyond] = sums[RADIUS];
      squares[beyond] = squares[RADIUS];
      sums[width + RADIUS + beyond] = sums[width + RADIUS - 1];
      squares[width + RADIUS + beyond] = squares[width + RADIUS - 1];
    }
  }

  #fitRow(start: number, width: number): number {
    const sums = this.#sums;
    const squares = this.#squares;
    const pattern = this.#pattern.samples;
    let sum = 0;
    let square = 0;
    for (let column = 0; column < WINDOW - 1; column += 1) {
      sum += sums[column];
      square += squares[column];
    }
    let energy = 0;
    for (let column = 0; column < width; column += 1) {
      sum += sums[column + WINDOW - 1];
      square += squares[column + WINDOW - 1];
      const variance = (square - (sum * sum) / WINDOW_PIXELS) / WINDOW_PIXELS;
      const borne = sqrt(2 * max(0, min(VARIANCE_CEILING, variance)) + STABILITY);
      const value = fround(pattern[start + column] * borne);
      this.#change[start + column] = value;
      energy += value * value;
      sum -= sums[column];
      square -= squares[column];
    }
    return energy;
  }
}

function bounded(row: number, height: number): number {
  return max(0, min(height - 1, row));
}
