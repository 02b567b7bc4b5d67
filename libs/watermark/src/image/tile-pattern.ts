import { inverseFourier2d } from '../signal/fourier';
import { cosineOfTurn, sineOfTurn } from '../signal/trigonometry';
import { type FrameSize } from './canonical-frame';
import { type Carriers, TILE } from './mark-layout';
import { emptyPlane, type Plane } from './plane';

/** The tile is drawn this many times finer than canonical pixels, so that bilinear interpolation loses little of it. */
const OVERSAMPLING = 2;
const FINE = TILE * OVERSAMPLING;

/** One tile of p(x) = Σ 2·amplitude·cos(2π f·x + phase), drawn on the fine grid. A negative amplitude is the other bit. */
export class TilePattern {
  readonly #real = new Float64Array(FINE * FINE);
  readonly #imaginary = new Float64Array(FINE * FINE);
  #fine: Float64Array | undefined;

  add(carriers: Carriers, amplitudes: Float64Array): void {
    for (let index = 0; index < amplitudes.length; index += 1) {
      const across = carriers.across[index];
      const down = carriers.down[index];
      const re = amplitudes[index] * cosineOfTurn(carriers.phase[index]);
      const im = amplitudes[index] * sineOfTurn(carriers.phase[index]);
      const at = (down & (FINE - 1)) * FINE + (across & (FINE - 1));
      const mirrored = (-down & (FINE - 1)) * FINE + (-across & (FINE - 1));
      this.#real[at] += re;
      this.#imaginary[at] += im;
      this.#real[mirrored] += re;
      this.#imaginary[mirrored] -= im;
    }
  }

  /** The endless pattern over an image of `size`, whose canonical frame is `frame`. */
  over(size: FrameSize, frame: FrameSize): Plane {
    const fine = this.#drawn();
    const across = fineCoordinates(size.width, frame.width);
    const down = fineCoordinates(size.height, frame.height);
    const result = emptyPlane(size.width, size.height);
    for (let row = 0; row < size.height; row += 1) {
      const fv = down.fraction[row];
      const upper = down.whole[row] * FINE;
      const lower = ((down.whole[row] + 1) & (FINE - 1)) * FINE;
      for (let column = 0; column < size.width; column += 1) {
        const left = across.whole[column];
        const right = (left + 1) & (FINE - 1);
        const fu = across.fraction[column];
        const top = fine[upper + left] * (1 - fu) + fine[upper + right] * fu;
        const bottom = fine[lower + left] * (1 - fu) + fine[lower + right] * fu;
        result.samples[row * size.width + column] = top * (1 - fv) + bottom * fv;
      }
    }
    return result;
  }

  #drawn(): Float64Array {
    if (this.#fine === undefined) {
      inverseFourier2d(this.#real, this.#imaginary, FINE, FINE);
      this.#fine = this.#real.map((value) => value * FINE * FINE);
    }
    return this.#fine;
  }
}

/** Where each pixel's center lies on the fine tile. */
function fineCoordinates(pixels: number, frame: number): { whole: Int32Array; fraction: Float64Array } {
  const whole = new Int32Array(pixels);
  const fraction = new Float64Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const canonical = ((pixel + 0.5) * frame) / pixels - 0.5 - (frame >> 1);
    const fine = canonical * OVERSAMPLING;
    const floor = Math.floor(fine);
    whole[pixel] = floor & (FINE - 1);
    fraction[pixel] = fine - floor;
  }
  return { whole, fraction };
}
