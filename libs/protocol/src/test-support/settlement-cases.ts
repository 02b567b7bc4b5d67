import { BPS_WHOLE } from '../limits';
import { MAX_SETTLEMENT_AMOUNT } from '../royalties/amount';
import { type DivisionInput, type PayingLayer } from '../royalties/divide';
import { type RoyaltyTerms } from '../royalties/terms';

/** Reads random words as choices; when they are used up every choice is the first. */
export class Choices {
  private position = 0;
  private readonly words: readonly number[];

  constructor(words: readonly number[]) {
    this.words = words;
  }

  /** An integer from 0 to bound − 1. */
  below(bound: number): number {
    const word = this.words[this.position] ?? 0;
    this.position += 1;
    return word % bound;
  }

  /** Mostly the values at which rules change, else any rate. */
  bps(): number {
    return [0, BPS_WHOLE, 500 * this.below(21), this.below(BPS_WHOLE + 1)][this.below(4)] ?? 0;
  }

  /** Mostly small, where rounding matters most; sometimes of any size, sometimes the highest. */
  amount(): bigint {
    const small = BigInt(1 + this.below(30));
    const middle = BigInt(1 + this.below(1_000_000));
    const large = middle ** BigInt(1 + this.below(5));
    return [small, middle, large, MAX_SETTLEMENT_AMOUNT - small][this.below(4)] ?? small;
  }

  /** 1 to 5 beneficiaries out of 8, with shares that sum to the whole and are often equal. */
  terms(): RoyaltyTerms {
    const count = 1 + this.below(5);
    const first = this.below(8);
    return {
      beneficiaries: Array.from({ length: count }, (_, index) => 'abcdefgh'.charAt((first + 3 * index) % 8)),
      shares_bps: this.shares(count),
      derivative_royalty_bps: this.bps(),
      max_depth: 1 + this.below(64),
    };
  }

  /** The numbers below `count` in any order. */
  order(count: number): number[] {
    const rest = Array.from({ length: count }, (_, index) => index);
    return Array.from({ length: count }, () => rest.splice(this.below(rest.length), 1)[0] ?? 0);
  }

  private shares(count: number): number[] {
    const equal = this.below(2) === 0;
    let left = BPS_WHOLE;
    return Array.from({ length: count }, (_, index) => {
      const others = count - 1 - index;
      const share = equal ? Math.floor(BPS_WHOLE / count) : 1 + this.below(left - others);
      const taken = others === 0 ? left : share;
      left -= taken;
      return taken;
    });
  }

  /** A payment over 0 to 4 ancestors. */
  division(): DivisionInput {
    const amount = this.amount();
    const [feeBps, capBps, ancestors] = [this.bps(), this.bps(), this.below(5)];
    const layers = Array.from({ length: ancestors + 1 }, (_, index): PayingLayer => {
      const terms = this.terms();
      return { terms, claim_bps: index === 0 ? 0 : terms.derivative_royalty_bps };
    });
    return { amount, feeBps, capBps, layers };
  }
}
