import * as fc from 'fast-check';
import { divideAmount, divideByWeights } from '../rules/shares';
import { codeOf, subjectOf } from '../test-support/expect-code';
import { Choices } from '../test-support/settlement-cases';
import { type Division, type DivisionInput, divideSettlement, type PayingLayer } from './divide';
import { defaultTerms, type RoyaltyTerms } from './terms';

const RUNS = 100_000;
// Without a size fast-check draws hardly more than the least, and every later choice would be the first.
const WORDS = fc.array(fc.nat(0x7fffffff), { minLength: 40, maxLength: 80, size: 'max' });

/** Runs `check` over random payments; it throws where a rule is broken. */
function forAll(check: (input: DivisionInput, division: Division, choices: Choices) => void): void {
  fc.assert(
    fc.property(WORDS, (words) => {
      const choices = new Choices(words);
      const input = choices.division();
      check(input, divideSettlement(input), choices);
    }),
    { numRuns: RUNS },
  );
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

function layer(shares: Readonly<Record<string, number>>, claim_bps = 0): PayingLayer {
  const terms: RoyaltyTerms = {
    beneficiaries: Object.keys(shares),
    shares_bps: Object.values(shares),
    derivative_royalty_bps: claim_bps,
    max_depth: 64,
  };
  return { terms, claim_bps };
}

function owner(name: string, claim_bps = 0): PayingLayer {
  return { terms: defaultTerms(name), claim_bps };
}

function pay(amount: bigint, layers: readonly PayingLayer[], rates: { fee?: number; cap?: number } = {}) {
  const division = divideSettlement({
    amount,
    feeBps: rates.fee ?? 0,
    capBps: rates.cap ?? 10_000,
    layers,
  });
  return { ...division, paid: Object.fromEntries(division.payouts) };
}

/** A second reading of the rule: part i is its quota's floor, and one more if fewer than `left` quotas go before it. */
function oracleSplit(amount: bigint, weights: readonly bigint[]): bigint[] {
  const whole = sum(weights);
  const quotas = weights.map((weight) => ({ floor: (amount * weight) / whole, numerator: amount * weight }));
  // A fraction's part after the point, over the common denominator `whole`.
  const fractions = quotas.map(({ floor, numerator }) => numerator - floor * whole);
  const left = sum(fractions) / whole;
  return quotas.map(({ floor }, i) => {
    const before = fractions.filter((f, j) => f > fractions[i]! || (f === fractions[i] && j < i)).length;
    return floor + (BigInt(before) < left ? 1n : 0n);
  });
}

/** The whole division by the words of the specification: layer, beneficiary and amount of each line. */
function oracle({ amount, feeBps, capBps, layers }: DivisionInput): string[] {
  const fee = (amount * BigInt(feeBps) - ((amount * BigInt(feeBps)) % 10_000n)) / 10_000n;
  const net = amount - fee;
  const claims = layers.slice(1).map(({ claim_bps }) => BigInt(claim_bps));
  const claimed = sum(claims);
  const rate = claimed < BigInt(capBps) ? claimed : BigInt(capBps);
  const extracted = (net * rate - ((net * rate) % 10_000n)) / 10_000n;
  const parts = [net - extracted, ...(claimed === 0n ? claims : oracleSplit(extracted, claims))];
  return layers.flatMap(({ terms }, index) =>
    oracleSplit(parts[index]!, terms.shares_bps.map(BigInt)).flatMap((part, nth) =>
      part === 0n ? [] : [`${index} ${terms.beneficiaries[nth]!} ${part}`],
    ),
  );
}

describe('every division', () => {
  it('sums to the payment, by payouts, by lines and by layers', () => {
    forAll(({ amount }, { fee, layers, lines, payouts }) => {
      must(fee + sum(payouts.values()) === amount, 'payouts');
      must(fee + sum(lines.map((line) => line.amount)) === amount, 'lines');
      must(fee + sum(layers) === amount, 'layers');
    });
  }, 60_000);

  it('has nothing negative, no line of zero, and a layer for each record', () => {
    forAll((input, { fee, layers, lines, payouts }) => {
      must(fee >= 0n && layers.length === input.layers.length, 'layers');
      must(
        layers.every((amount) => amount >= 0n),
        'negative layer',
      );
      must(
        lines.every(({ amount }) => amount > 0n),
        'line',
      );
      must(
        [...payouts.values()].every((amount) => amount > 0n),
        'payout',
      );
    });
  }, 60_000);

  it('holds the cap, and takes no more than the ancestors claim', () => {
    forAll(({ amount, capBps, layers: parties }, { fee, layers }) => {
      const ancestors = sum(layers.slice(1));
      const net = amount - fee;
      must(ancestors <= (net * BigInt(capBps)) / 10_000n, 'cap');
      const claimed = parties.slice(1).reduce((total, { claim_bps }) => total + claim_bps, 0);
      must(ancestors <= (net * BigInt(claimed)) / 10_000n, 'claims');
      parties.slice(1).forEach(({ claim_bps }, index) => {
        const part = layers[index + 1]!;
        must(claim_bps > 0 || part === 0n, 'no claim');
        must(part * 10_000n <= net * BigInt(claim_bps) + 10_000n, 'more than a unit above the claim');
      });
    });
  }, 60_000);

  it('consolidates exactly the lines of each beneficiary', () => {
    forAll((_, { lines, payouts }) => {
      const rest = new Map(payouts);
      for (const { beneficiary, amount } of lines) rest.set(beneficiary, rest.get(beneficiary)! - amount);
      must(
        [...rest.values()].every((amount) => amount === 0n),
        'payout',
      );
      must(new Set(lines.map(({ beneficiary }) => beneficiary)).size === payouts.size, 'parties');
    });
  }, 60_000);

  it('keeps every line within one unit of its exact share', () => {
    forAll((input, { layers, lines }) => {
      for (const { layer: index, beneficiary, amount } of lines) {
        const { beneficiaries, shares_bps } = input.layers[index]!.terms;
        const exact = layers[index]! * BigInt(shares_bps[beneficiaries.indexOf(beneficiary)]!);
        const off = amount * 10_000n - exact;
        must(off < 10_000n && off > -10_000n, 'line');
      }
    });
  }, 60_000);

  it('is the one of a slow and independent formulation', () => {
    forAll((input, { lines }) => {
      const found = lines.map(({ layer: index, beneficiary, amount }) => `${index} ${beneficiary} ${amount}`);
      must(found.join() === oracle(input).join(), 'oracle');
    });
  }, 60_000);

  it('does not depend on the order of beneficiaries, but for ties, which go to the earlier', () => {
    fc.assert(
      fc.property(WORDS, (words) => {
        const choices = new Choices(words);
        const [amount, terms] = [choices.amount(), choices.terms()];
        const order = choices.order(terms.beneficiaries.length);
        const moved: RoyaltyTerms = {
          ...terms,
          beneficiaries: order.map((index) => terms.beneficiaries[index]!),
          shares_bps: order.map((index) => terms.shares_bps[index]!),
        };
        const [first, second] = [unitsAbove(amount, terms), unitsAbove(amount, moved)];
        must(first.size === second.size, 'classes');
        for (const [remainder, units] of first) must(second.get(remainder) === units, 'permutation');
      }),
      { numRuns: RUNS },
    );
  }, 60_000);

  it('gives an ancestor its share whatever the others divide among themselves', () => {
    forAll((input, { layers }, choices) => {
      const terms = choices.terms();
      const other = divideSettlement({
        ...input,
        layers: input.layers.map((party) => ({ ...party, terms })),
      });
      must(other.layers.join() === layers.join(), 'layers');
    });
  }, 60_000);
});

/**
 * Remainder → the units above the floor that its holders got, in the order listed: "11100". Where it is all ones or all
 * zeros, order decides nothing.
 */
function unitsAbove(amount: bigint, terms: RoyaltyTerms): Map<bigint, string> {
  const { payouts } = divideSettlement({ amount, feeBps: 0, capBps: 0, layers: [{ terms, claim_bps: 0 }] });
  const classes = new Map<bigint, string>();
  terms.beneficiaries.forEach((beneficiary, index) => {
    const exact = amount * BigInt(terms.shares_bps[index]!);
    const above = (payouts.get(beneficiary) ?? 0n) - exact / 10_000n;
    classes.set(exact % 10_000n, `${classes.get(exact % 10_000n) ?? ''}${above}`);
  });
  for (const units of classes.values()) must(/^1*0*$/.test(units), 'a tie went to the later');
  return classes;
}

describe('the largest remainder', () => {
  it('is one rule for bigints and numbers', () => {
    fc.assert(
      fc.property(WORDS, (words) => {
        const choices = new Choices(words);
        const amount = choices.amount();
        const weights = Array.from({ length: 1 + choices.below(8) }, () =>
          choices.below([3, 10_001, 11_863_283][choices.below(3)]!),
        );
        fc.pre(weights.some((weight) => weight > 0));
        const parts = divideByWeights(amount, weights);
        must(parts.join() === oracleSplit(amount, weights.map(BigInt)).join(), 'oracle');
        must(parts.join() === divideAmount(amount, weights.map(BigInt)).join(), 'bigints');
      }),
      { numRuns: RUNS },
    );
  }, 60_000);

  it('is exact up to its highest sum of weights and refuses what is beyond', () => {
    const weights = [94_906_263, 1, 1];
    const amount = 10n ** 30n - 1n;
    expect(divideByWeights(amount, weights)).toEqual(oracleSplit(amount, weights.map(BigInt)));
    expect(codeOf(() => divideByWeights(amount, [94_906_264, 1, 1]))).toBe('SCHEMA_VIOLATION');
    const amounts = [10n ** 30n, 3n * 10n ** 29n, 7n];
    expect(divideAmount(amount, amounts)).toEqual(oracleSplit(amount, amounts));
  });

  it.each([[[]], [[0, 0]], [[-1, 2]], [[0.5, 0.5]], [[NaN]], [[Infinity, 1]]])(
    'refuses weights %j',
    (weights) => {
      expect(codeOf(() => divideByWeights(1n, weights))).toBe('SCHEMA_VIOLATION');
    },
  );

  it('refuses a negative amount', () => {
    expect(codeOf(() => divideByWeights(-1n, [1]))).toBe('SCHEMA_VIOLATION');
  });
});

describe('a settlement', () => {
  it('is divided as the specification’s example says', () => {
    const layers = [
      layer({ ada: 7000, ben: 3000 }),
      layer({ cleo: 3334, dan: 3333, eve: 3333 }, 1000),
      layer({ ada: 10_000 }, 500),
      layer({ fay: 5000, gus: 5000 }, 1000),
    ];
    const { fee, layers: parts, lines, paid } = pay(10_007n, layers, { fee: 100, cap: 2000 });
    expect(fee).toBe(100n);
    expect(parts).toEqual([7926n, 793n, 396n, 792n]);
    expect(lines).toHaveLength(8);
    expect(paid).toEqual({ ada: 5944n, ben: 2378n, cleo: 265n, dan: 264n, eve: 264n, fay: 396n, gus: 396n });
  });

  it('pays the current record everything where nobody claims', () => {
    expect(pay(1000n, [owner('a'), owner('b'), owner('c')]).layers).toEqual([1000n, 0n, 0n]);
    expect(pay(1000n, [owner('a')], { cap: 0 }).paid).toEqual({ a: 1000n });
  });

  it('takes nothing for ancestors under a cap of 0, and everything under claims of 100 %', () => {
    expect(pay(1000n, [owner('a'), owner('b', 5000)], { cap: 0 }).layers).toEqual([1000n, 0n]);
    expect(pay(1000n, [owner('a'), owner('b', 10_000)]).paid).toEqual({ b: 1000n });
  });

  it('scales claims above the cap in proportion, not nearest first', () => {
    const layers = [owner('a'), owner('b', 3000), owner('c', 1000)];
    expect(pay(10_000n, layers, { cap: 2000 }).layers).toEqual([8000n, 1500n, 500n]);
    expect(pay(10_000n, layers, { cap: 4000 }).layers).toEqual([6000n, 3000n, 1000n]);
    expect(pay(10_000n, layers, { cap: 4001 }).layers).toEqual([6000n, 3000n, 1000n]);
    expect(pay(10_000n, layers, { cap: 3999 }).layers).toEqual([6001n, 2999n, 1000n]);
  });

  it('takes every claim from the payment itself, not from what nearer ancestors left', () => {
    const layers = [owner('a'), owner('b', 5000), owner('c', 5000)];
    expect(pay(1000n, layers).layers).toEqual([0n, 500n, 500n]);
  });

  it('gives ties to the nearer ancestor', () => {
    const layers = [owner('a'), owner('b', 1000), owner('c', 1000)];
    expect(pay(5n, layers, { cap: 2000 }).layers).toEqual([4n, 1n, 0n]);
    expect(pay(5n, [owner('a'), owner('b', 999), owner('c', 1001)], { cap: 2000 }).layers).toEqual([
      4n,
      0n,
      1n,
    ]);
  });

  it('keeps every layer’s line of a beneficiary that is in several', () => {
    const { lines, paid } = pay(1000n, [layer({ a: 5000, b: 5000 }), owner('a', 1000), owner('a', 1000)]);
    expect(lines.filter(({ beneficiary }) => beneficiary === 'a')).toEqual([
      { layer: 0, beneficiary: 'a', amount: 400n },
      { layer: 1, beneficiary: 'a', amount: 100n },
      { layer: 2, beneficiary: 'a', amount: 100n },
    ]);
    expect(paid).toEqual({ a: 600n, b: 400n });
  });

  it.each([
    ['no amount', { amount: 0n }, 'AMOUNT_INVALID'],
    ['a negative amount', { amount: -5n }, 'AMOUNT_INVALID'],
    ['more than 10^30', { amount: 10n ** 30n + 1n }, 'AMOUNT_INVALID'],
    ['no record', { layers: [] }, 'SCHEMA_VIOLATION'],
    ['66 records', { layers: Array.from({ length: 66 }, () => owner('a')) }, 'SCHEMA_VIOLATION'],
    ['a fee above the whole', { feeBps: 10_001 }, 'SCHEMA_VIOLATION'],
    ['a negative fee', { feeBps: -1 }, 'SCHEMA_VIOLATION'],
    ['a fractional cap', { capBps: 0.5 }, 'SCHEMA_VIOLATION'],
    ['a cap above the whole', { capBps: 10_001 }, 'SCHEMA_VIOLATION'],
    ['a claim above the whole', { layers: [owner('a'), owner('b', 10_001)] }, 'SCHEMA_VIOLATION'],
    ['a negative claim', { layers: [owner('a'), owner('b', -1)] }, 'SCHEMA_VIOLATION'],
    ['shares below the whole', { layers: [layer({ a: 9999 })] }, 'POLICY_INVALID'],
    ['negative shares', { layers: [layer({ a: 10_001, b: -1 })] }, 'SCHEMA_VIOLATION'],
  ])('is refused with %s', (_, change, code) => {
    const input = { amount: 1n, feeBps: 0, capBps: 10_000, layers: [owner('a')], ...change };
    expect(codeOf(() => divideSettlement(input))).toBe(code);
  });

  it('is refused under terms whose arrays differ in length, also of an ancestor that gets nothing', () => {
    const terms = { ...defaultTerms('b'), beneficiaries: ['b', 'c'] };
    const act = () => pay(1n, [owner('a'), { terms, claim_bps: 0 }]);
    expect(codeOf(act)).toBe('POLICY_INVALID');
    expect(subjectOf(act)).toBe('/layers/1/terms/shares_bps');
  });
});

describe('what went wrong elsewhere', () => {
  it('a fee that rounds to zero on a tiny payment costs nobody a unit', () => {
    expect(pay(1n, [layer({ a: 5000, b: 5000 }), owner('c', 5000)], { fee: 100 }).paid).toEqual({ a: 1n });
    expect(pay(99n, [owner('a')], { fee: 100 }).fee).toBe(0n);
    expect(pay(100n, [owner('a')], { fee: 100 }).fee).toBe(1n);
  });

  it('claims that stack above 100 % are scaled, and the last unit still adds up', () => {
    const layers = [owner('a'), ...Array.from({ length: 64 }, (_, index) => owner(`p${index}`, 10_000))];
    const { layers: parts } = pay(1001n, layers);
    expect(parts[0]).toBe(0n);
    expect(sum(parts)).toBe(1001n);
    // 1001 = 15 × 64 + 41: the 41 nearest get one more.
    expect(parts.slice(1)).toEqual(Array.from({ length: 64 }, (_, index) => (index < 41 ? 16n : 15n)));
  });

  it('more than 255 parties are all paid', () => {
    const crowd = (name: string): Readonly<Record<string, number>> =>
      Object.fromEntries(
        Array.from({ length: 64 }, (_, index) => [`${name}${index}`, index < 16 ? 157 : 156]),
      );
    const layers = Array.from({ length: 65 }, (_, index) => layer(crowd(`${index}-`), index === 0 ? 0 : 100));
    const { payouts, lines } = pay(10n ** 9n, layers);
    expect(payouts.size).toBe(65 * 64);
    expect(lines).toHaveLength(65 * 64);
    expect(sum(payouts.values())).toBe(10n ** 9n);
  });

  it('not only the first party of a list is paid', () => {
    expect(pay(100n, [layer({ first: 2500, second: 2500, third: 5000 })]).paid).toEqual({
      first: 25n,
      second: 25n,
      third: 50n,
    });
  });

  it('50 basis points over thousands of parts are not lost by rounding each to zero', () => {
    // 64 ancestors of 64 parties share 50 of 10000 units: 4096 claims below one unit each, and 50 units are paid.
    const crowd = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`p${i}`, i < 16 ? 157 : 156]));
    const ancestors = Array.from({ length: 64 }, () => layer(crowd, 50));
    const { layers, payouts } = pay(10_000n, [owner('a'), ...ancestors], { cap: 50 });
    expect(sum(layers.slice(1))).toBe(50n);
    expect(sum(payouts.values()) - payouts.get('a')!).toBe(50n);
  });

  it('one unit is paid to exactly one party, at any number of parties', () => {
    const shares = Array.from({ length: 64 }, (_, index) => (index === 40 ? 172 : 156));
    const crowd = Object.fromEntries(shares.map((share, index) => [`p${index}`, share]));
    expect(pay(1n, [layer(crowd)]).paid).toEqual({ p40: 1n });
  });

  it('an ancestor over-claims nothing because of its own ancestors', () => {
    const near = pay(10_000n, [owner('a'), owner('b', 1000)]).layers[1];
    const far = pay(10_000n, [owner('a'), owner('b', 1000), owner('c', 2000)]).layers[1];
    expect(near).toBe(1000n);
    expect(far).toBe(1000n);
  });

  it('75/0 instead of 50/25: each share goes to whom it is named for', () => {
    expect(pay(100n, [layer({ creator: 2500, platform: 5000, referrer: 2500 })]).paid).toEqual({
      creator: 25n,
      platform: 50n,
      referrer: 25n,
    });
  });

  it('a beneficiary’s name cannot reach a prototype', () => {
    const { payouts } = pay(10n, [layer({ ['__proto__x']: 5000, constructor: 5000 })]);
    expect([...payouts]).toEqual([
      ['__proto__x', 5n],
      ['constructor', 5n],
    ]);
  });
});
