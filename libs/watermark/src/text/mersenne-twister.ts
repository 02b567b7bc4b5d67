const STATE_WORDS = 624;
const SHIFT_WORDS = 397;
const SEED_MULTIPLIER = 1_812_433_253;
const TWIST = 0x9908b0df;
const UPPER_BIT = 0x80000000;
const LOWER_BITS = 0x7fffffff;

/**
 * The generator MT19937 (Matsumoto and Nishimura 1998, `init_genrand` and `genrand_int32`), which PyTorch's CPU generator
 * is too: `torch.randint(0, 2, …)` there is the lowest bit of each output.
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(STATE_WORDS);
  #at = STATE_WORDS;

  /** Only the low 32 bits of a seed count, as in PyTorch. */
  constructor(seed: number) {
    this.#state[0] = seed;
    for (let index = 1; index < STATE_WORDS; index += 1) {
      const before = this.#state[index - 1];
      this.#state[index] = Math.imul(before ^ (before >>> 30), SEED_MULTIPLIER) + index;
    }
  }

  /** 0 to 2^32 − 1. */
  uint32(): number {
    if (this.#at === STATE_WORDS) this.#renew();
    let value = this.#state[this.#at];
    this.#at += 1;
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c5680;
    value ^= (value << 15) & 0xefc60000;
    return (value ^ (value >>> 18)) >>> 0;
  }

  #renew(): void {
    const state = this.#state;
    for (let index = 0; index < STATE_WORDS; index += 1) {
      const joined = (state[index] & UPPER_BIT) | (state[(index + 1) % STATE_WORDS] & LOWER_BITS);
      const twisted = (joined & 1) === 0 ? joined >>> 1 : (joined >>> 1) ^ TWIST;
      state[index] = state[(index + SHIFT_WORDS) % STATE_WORDS] ^ twisted;
    }
    this.#at = 0;
  }
}
