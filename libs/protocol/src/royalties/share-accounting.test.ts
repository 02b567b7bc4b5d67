import * as fc from 'fast-check';
import { codeOf } from '../test-support/expect-code';
import { Choices } from '../test-support/settlement-cases';
import {
  accrue,
  claimDue,
  type Holding,
  openHolding,
  type PoolTotals,
  transferUnits,
} from './share-accounting';

const RUNS = 100_000;

/** A pool of shares with its holders, and what each was paid. */
class Pool {
  totals: PoolTotals = {};
  readonly paid: bigint[];
  holdings: Holding[];
  readonly supply: bigint;

  constructor(units: readonly bigint[]) {
    this.holdings = units.map((each) => openHolding(String(each), {}));
    this.paid = units.map(() => 0n);
    this.supply = units.reduce((sum, each) => sum + each, 0n);
  }

  collect(amount: bigint, currency = 'EUR'): void {
    this.totals = { ...this.totals, [currency]: String(this.total(currency) + amount) };
  }

  total(currency = 'EUR'): bigint {
    return BigInt(this.totals[currency] ?? '0');
  }

  move(from: number, to: number, units: bigint): void {
    const moved = transferUnits(this.holdings[from]!, this.holdings[to]!, String(units), this.totals);
    this.holdings[from] = moved.from;
    this.holdings[to] = moved.to;
  }

  claim(holder: number): bigint {
    const { holding, amount } = claimDue(this.holdings[holder]!, 'EUR', this.totals, String(this.supply));
    this.holdings[holder] = holding;
    this.paid[holder] = this.paid[holder]! + amount;
    return amount;
  }

  /** What is owed to each holder, in minor units × supply, paid or not. */
  earned(holder: number): bigint {
    const scaled = accrue(this.holdings[holder]!, this.totals).accrued['EUR']?.scaled ?? '0';
    return this.paid[holder]! * this.supply + BigInt(scaled);
  }
}

/** A pool after random proceeds, transfers and claims, with what each holder earned by the plain definition. */
function play(words: readonly number[]): { pool: Pool; expected: bigint[] } {
  const choices = new Choices(words);
  const size = [1_000_000, 10, 3][choices.below(3)]!;
  const pool = new Pool(Array.from({ length: 3 }, () => BigInt(choices.below(size))).concat(1n));
  const expected = pool.holdings.map(() => 0n);
  for (let act = choices.below(14); act > 0; act -= 1) {
    const [from, to] = [choices.below(4), choices.below(4)];
    const kind = choices.below(3);
    if (kind === 0) {
      const amount = choices.amount() % 1_000_000_007n;
      pool.collect(amount);
      pool.holdings.forEach(
        ({ units }, holder) => (expected[holder] = expected[holder]! + BigInt(units) * amount),
      );
    }
    const held = Number(pool.holdings[from]!.units);
    if (kind === 1 && from !== to && held > 0) pool.move(from, to, BigInt(1 + choices.below(held)));
    if (kind === 2) pool.claim(from);
  }
  return { pool, expected };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function forAll(check: (pool: Pool, expected: readonly bigint[]) => void): void {
  fc.assert(
    fc.property(fc.array(fc.nat(0x7fffffff), { minLength: 35, maxLength: 70, size: 'max' }), (words) => {
      const { pool, expected } = play(words);
      check(pool, expected);
    }),
    { numRuns: RUNS },
  );
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

describe('royalty shares', () => {
  it('conserve units', () => {
    forAll((pool) => {
      const units = pool.holdings.map((holding) => BigInt(holding.units));
      must(sum(units) === pool.supply && units.every((each) => each >= 0n), 'units');
    });
  }, 60_000);

  it('conserve money: what was claimed and what is left is what the pool collected', () => {
    forAll((pool) => {
      must(sum(pool.paid) <= pool.total(), 'claimed more than collected');
      must(
        sum(pool.holdings.map((_, holder) => pool.earned(holder))) === pool.total() * pool.supply,
        'money',
      );
    });
  }, 60_000);

  it('pay each holder for the units it held, whatever it did with them', () => {
    forAll((pool, expected) => {
      expected.forEach((earned, holder) => {
        must(pool.earned(holder) === earned, 'earned');
        pool.claim(holder);
        must(pool.paid[holder] === earned / pool.supply, 'the floor of what was earned');
      });
    });
  }, 60_000);

  it('give nothing to 10 000 transfers of one unit, and take nothing', () => {
    const pool = new Pool([10_001n, 10_000n, 13n]);
    const still = new Pool([10_001n, 10_000n, 13n]);
    for (let round = 0; round < 5_000; round += 1) {
      pool.collect(1n);
      still.collect(1n);
      pool.move(0, 1, 1n);
      pool.move(1, 0, 1n);
      if (round % 7 === 0) pool.claim(round % 3);
    }
    expect([0, 1, 2].map((holder) => pool.earned(holder))).toEqual(
      [0, 1, 2].map((holder) => still.earned(holder)),
    );
    [0, 1, 2].forEach((holder) => {
      [pool, still].forEach((each) => each.claim(holder));
    });
    expect(pool.paid).toEqual(still.paid);
    expect(sum(pool.paid)).toBeLessThanOrEqual(5_000n);
    expect(sum(pool.paid)).toBeGreaterThan(4_997n);
  });

  it('give nothing for holding units only while nothing is collected', () => {
    const pool = new Pool([100n, 0n]);
    pool.collect(1_000n);
    pool.move(0, 1, 100n);
    expect([pool.claim(1), pool.claim(0)]).toEqual([0n, 1_000n]);
    pool.collect(10n);
    expect([pool.claim(1), pool.claim(0)]).toEqual([10n, 0n]);
  });

  it('carry what is below a minor unit until it is one', () => {
    const pool = new Pool([1n, 2n]);
    const claims = Array.from({ length: 6 }, () => {
      pool.collect(1n);
      return [pool.claim(0), pool.claim(1)];
    });
    expect(claims).toEqual([
      [0n, 0n],
      [0n, 1n],
      [1n, 1n],
      [0n, 0n],
      [0n, 1n],
      [1n, 1n],
    ]);
  });

  it('lose nothing to many small proceeds of thousands of holders', () => {
    const pool = new Pool(Array.from({ length: 6_000 }, () => 1n));
    for (let nth = 0; nth < 6_000; nth += 1) pool.collect(1n);
    expect(sum(pool.holdings.map((_, holder) => pool.claim(holder)))).toBe(6_000n);
  });

  it('keep currencies apart', () => {
    const pool = new Pool([1n, 1n]);
    pool.collect(10n);
    pool.collect(7n, 'USD');
    pool.move(0, 1, 1n);
    const { amount, holding } = claimDue(pool.holdings[0]!, 'USD', pool.totals, '2');
    expect(amount).toBe(3n);
    expect(holding.accrued).toEqual({
      EUR: { scaled: '10', at_total: '10' },
      USD: { scaled: '1', at_total: '7' },
    });
    expect(claimDue(holding, 'CHF', pool.totals, '2')).toEqual({ amount: 0n, holding });
  });

  it('earn nothing of what was collected before they were issued', () => {
    const late = openHolding('5', { EUR: '1000' });
    expect(claimDue(late, 'EUR', { EUR: '1010' }, '5').amount).toBe(10n);
  });

  it('leave the other members of a holding as they are, and the arguments unchanged', () => {
    const holding = Object.freeze({ ...openHolding('2', {}), holder: 'h' });
    expect(accrue(holding, { EUR: '4' })).toEqual({
      units: '2',
      holder: 'h',
      accrued: { EUR: { scaled: '8', at_total: '4' } },
    });
    expect(holding.accrued).toEqual({});
  });

  it.each(['0', '-1', '01', '1.5', '', '1e1'])('cannot be transferred by %j units', (units) => {
    const [from, to] = [openHolding('5', {}), openHolding('0', {})];
    expect(codeOf(() => transferUnits(from, to, units, {}))).toBe('AMOUNT_INVALID');
  });

  it('cannot be transferred beyond what is held', () => {
    const [from, to] = [openHolding('5', {}), openHolding('9', {})];
    expect(codeOf(() => transferUnits(from, to, '6', {}))).toBe('SHARES_INSUFFICIENT');
    expect(transferUnits(from, to, '5', {})).toMatchObject({ from: { units: '0' }, to: { units: '14' } });
  });

  it('are refused where a total fell or vanished, which would pay the same proceeds twice', () => {
    const holding = openHolding('5', { EUR: '10' });
    expect(codeOf(() => accrue(holding, { EUR: '9' }))).toBe('LEDGER_STATE_CORRUPT');
    expect(codeOf(() => accrue(holding, { USD: '10' }))).toBe('LEDGER_STATE_CORRUPT');
    expect(codeOf(() => transferUnits(openHolding('1', {}), holding, '1', {}))).toBe('LEDGER_STATE_CORRUPT');
    expect(codeOf(() => claimDue(holding, 'EUR', { EUR: '10' }, '0'))).toBe('AMOUNT_INVALID');
  });
});
