import { CHECK_BITS, frameBits, payloadOfFrame } from '../coding/payload-frame';
import { PolarCode } from '../coding/polar-code';
import { type WatermarkKey } from '../keys/watermark-key';
import { log2 } from '../signal/logarithm';
import { type CodeParams } from '../scheme/params-schema';
import { type TokenParams } from './text-params';
import { TokenPrf } from './token-prf';

const COLOUR_LABEL = 'text/green-multibit/colour';
const POSITION_LABEL = 'text/green-multibit/position';
/** How much likelier a token of the right colour is than one of a wrong one, for weighing votes: a typical sampler's figure. */
const VOTE_ODDS = 4;
const MAX_VOTES = 256;

export type MultibitParams = TokenParams & Omit<CodeParams, 'hypotheses'>;

/**
 * The multi-bit mark: the context names a position of the code word (position allocation: K. Yoo et al., 2023), the bits there name one
 * of the colours, and the token after the context is favoured if it has that colour. Positions and colours have separate subkeys.
 */
export class PositionCode {
  readonly width: number;
  /** Code bits at one position: 1 with two colours, 2 with four. */
  readonly bitsEach: number;
  readonly positions: number;
  readonly #colour: TokenPrf;
  readonly #position: TokenPrf;
  readonly #code: PolarCode;
  readonly #params: MultibitParams;
  readonly #schemeId: string;

  constructor(key: WatermarkKey, params: MultibitParams, schemeId: string) {
    this.width = params.context_width + 1;
    this.bitsEach = params.gamma.denominator === 4 ? 2 : 1;
    this.positions = params.code.length / this.bitsEach;
    this.#colour = new TokenPrf(key, COLOUR_LABEL, this.width);
    this.#position = new TokenPrf(key, POSITION_LABEL, params.context_width);
    this.#code = new PolarCode(params.code.length, params.payload_bits + CHECK_BITS);
    this.#params = params;
    this.#schemeId = schemeId;
  }

  get colourPrf(): TokenPrf {
    return this.#colour;
  }

  /** Colour that is favoured at each position for a payload: the code bits there, first one most significant. */
  symbols(payload: Uint8Array): Uint8Array {
    const word = this.#code.encode(frameBits(this.#schemeId, payload, this.#params.payload_bits));
    return Uint8Array.from({ length: this.positions }, (_, position) => this.#symbolIn(word, position));
  }

  #symbolIn(word: Uint8Array, position: number): number {
    return this.bitsEach === 1 ? word[position] : 2 * word[2 * position] + word[2 * position + 1];
  }

  /** Position that a context names: its value modulo the number of positions, a power of two. */
  positionAt(ids: ArrayLike<number>, start: number): number {
    this.#position.valueAt(ids, start);
    return this.#position.low & (this.positions - 1);
  }

  /** Colour of a token after its context: the leading bits of its value. */
  colourOf(value: number): number {
    return value >>> (32 - this.bitsEach);
  }

  isFavoured(ids: ArrayLike<number>, start: number, symbols: Uint8Array): boolean {
    return this.colourOf(this.#colour.valueAt(ids, start)) === symbols[this.positionAt(ids, start)];
  }

  /** Payloads of this scheme that the votes may mean, likeliest first. `votes`: for each position, one count for each colour. */
  decode(votes: Uint16Array): Uint8Array[] {
    const messages = this.#code.decode(this.softBits(votes), this.#params.code.list_size);
    return messages
      .map((message) => payloadOfFrame(this.#schemeId, message))
      .filter((payload) => payload !== undefined);
  }

  /** Log-likelihood ratio of each code bit, positive for 0. */
  softBits(votes: Uint16Array): Float64Array {
    const colours = 1 << this.bitsEach;
    const soft = new Float64Array(this.#params.code.length);
    for (let position = 0; position < this.positions; position += 1) {
      const counts = votes.subarray(position * colours, (position + 1) * colours);
      if (this.bitsEach === 1) {
        soft[position] = 2 * (counts[0] - counts[1]);
        continue;
      }
      const [a, b, c, d] = counts;
      soft[2 * position] = logSum(a, b) - logSum(c, d);
      soft[2 * position + 1] = logSum(a, c) - logSum(b, d);
    }
    return soft;
  }
}

/** log2(4^a + 4^b), from the larger one and the difference. */
function logSum(a: number, b: number): number {
  const difference = Math.min(Math.abs(a - b), MAX_VOTES);
  let smaller = 1;
  for (let index = 0; index < difference; index += 1) smaller /= VOTE_ODDS;
  return 2 * Math.max(a, b) + log2(1 + smaller);
}
