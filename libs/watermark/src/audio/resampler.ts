import { joined } from '../signal/joined';
import { cosineOfTurn, sineOfTurn, TURN } from '../signal/trigonometry';

/** Positions between two input samples that the filter is kept for: an error of 1/2048 sample lies 60 dB down. */
const PHASES = 1024;
/** Zero crossings of the filter on either side. */
const LOBES = 12;
/** Part of the lower half sampling rate that passes. */
const PASS = 0.92;

/** Streaming conversion of one channel to another sampling rate by a windowed sinc, from table values only. */
export class Resampler {
  readonly #from: number;
  readonly #to: number;
  readonly #reach: number;
  readonly #table: Float64Array;
  /** Input not yet passed by; its first sample has number `#start`. */
  #kept: Float64Array;
  #start: number;
  /** Next output's place: input sample `#whole` and `#part` / to of a sample. */
  #whole = 0;
  #part = 0;

  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
    const scale = Math.min(1, to / from) * PASS;
    this.#reach = Math.ceil(LOBES / scale);
    this.#table = filterTable(scale, this.#reach);
    this.#kept = new Float64Array(this.#reach);
    this.#start = -this.#reach;
  }

  /** The output that the input up to here decides. */
  push(samples: Float64Array): Float64Array {
    const content = joined([this.#kept, samples]);
    const last = this.#start + content.length - 1;
    const room = Math.max(0, Math.ceil(((last - this.#whole + 1) * this.#to) / this.#from) + 1);
    const output = new Float64Array(room);
    let count = 0;
    while (this.#whole + this.#reach + 1 <= last) {
      output[count] = this.#at(content);
      count += 1;
      this.#part += this.#from;
      const steps = Math.floor(this.#part / this.#to);
      this.#whole += steps;
      this.#part -= steps * this.#to;
    }
    const drop = Math.min(content.length, Math.max(0, this.#whole - this.#reach - this.#start));
    this.#kept = content.slice(drop);
    this.#start += drop;
    return output.subarray(0, count);
  }

  /** The rest, the input being followed by silence. */
  end(): Float64Array {
    return this.push(new Float64Array(2 * this.#reach + 2));
  }

  #at(content: Float64Array): number {
    const taps = 2 * this.#reach;
    let phase = Math.round((this.#part * PHASES) / this.#to);
    let from = this.#whole - this.#reach + 1 - this.#start;
    if (phase === PHASES) {
      phase = 0;
      from += 1;
    }
    const row = phase * taps;
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) sum += content[from + tap] * this.#table[row + tap];
    return sum;
  }
}

/** Row `phase`, tap t: weight of the sample at distance (reach − 1 − t) + phase / PHASES before the place. */
function filterTable(scale: number, reach: number): Float64Array {
  const taps = 2 * reach;
  const table = new Float64Array(PHASES * taps);
  for (let phase = 0; phase < PHASES; phase += 1) {
    for (let tap = 0; tap < taps; tap += 1) {
      table[phase * taps + tap] = weight(reach - 1 - tap + phase / PHASES, scale, reach);
    }
  }
  return table;
}

/** sinc(scale · distance) · scale under a Hann window that ends at `reach`. */
function weight(distance: number, scale: number, reach: number): number {
  const size = Math.abs(distance);
  if (size >= reach) return 0;
  const window = 0.5 + 0.5 * cosineOfTurn(Math.round((size / reach) * (TURN / 2)));
  const x = size * scale;
  if (x < 1e-9) return scale * window;
  const half = (sineOfTurn(Math.round(x * (TURN / 2))) / (Math.PI * x)) * scale;
  return half * window;
}
