import * as fc from 'fast-check';
import { type Intent } from '../domain/intent-bodies';
import { type LedgerDocuments, ledgerKeys, type LedgerKind, type LedgerWrite } from '../domain/ledger';
import { type Credit, SAFETY_FUND, type Settlement, type SettlementLayer } from '../domain/settlement';
import { type Vault } from '../domain/vault';
import { type ErrorCode } from '../errors/error-codes';
import { omit } from '../encoding/omit';
import { bodySchema } from '../intents/registry';
import { type IntentContext } from '../rules/context';
import { collectIntoVault, withdraw } from '../rules/vaults';
import { assertSchema } from '../schemas/validate';
import { codeOf } from '../test-support/expect-code';
import { NETWORK, PARAMETERS } from '../test-support/parameters';
import {
  ACTORS,
  ancestorsFound,
  Choices,
  lineageCase,
  type LineageCase,
  type LineageRecord,
} from '../test-support/settlement-cases';
import { MAX_SETTLEMENT_AMOUNT } from './amount';
import { isUnknownPayee } from './beneficiary';
import { creditOf } from './credits';
import { walkLineage } from './lineage';
import { completeLineage, type OwedPart } from './lineage-completion';
import { replaySettlement } from './replay-settlement';
import { depthOf, type DividedSettlement, divideOverLineage, type LayerState } from './settlement-division';
import { simulateSettlement } from './simulate';
import { suspend, type SuspendedDivision } from './suspension';

const RUNS = 100_000;

/** Runs `check` over random choices, as many as `most` words and at least half of them; it throws where a rule is broken. */
function forAll(most: number, check: (choices: Choices) => void): void {
  // Without a size fast-check draws hardly more than the least, and what follows would nearly always be the first choice.
  const words = fc.array(fc.nat(0x7fffffff), { minLength: most / 2, maxLength: most, size: 'max' });
  fc.assert(
    fc.property(words, (drawn) => {
      check(new Choices(drawn));
    }),
    { numRuns: RUNS },
  );
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function sum(amounts: Iterable<bigint | string>): bigint {
  let total = 0n;
  for (const amount of amounts) total += BigInt(amount);
  return total;
}

function stateOf({ record, policy, owner, status }: LineageRecord): LayerState {
  const { model_ref, content_hash } = record;
  return { model_ref, content_hash, policy: policy && { ...policy, status }, owner };
}

interface Settled {
  readonly settlement: Settlement;
  /** The records that the settlement reached. */
  readonly reached: readonly LineageRecord[];
  readonly division: DividedSettlement;
  readonly held: SuspendedDivision;
}

/** Divides a case as the ledger does and writes it down, but for gate and signatures. */
function settle({ amount, feeBps, holdBps, records }: LineageCase, id = 'f0'.repeat(32)): Settled {
  const current = records[0]!;
  const byHash = new Map(records.map(({ record }) => [record.content_hash, record]));
  const depth = depthOf(current.policy);
  const { summary } = walkLineage(current.record, depth, 'permissive', (hash) => byHash.get(hash));
  const reached = records.slice(0, summary.depth + 1);
  const division = divideOverLineage(amount, feeBps, reached.map(stateOf));
  const held = suspend(division, {
    disputed: new Set(reached.flatMap(({ disputed }, layer) => (disputed ? [layer] : []))),
    incomplete: summary.incomplete,
    net: amount - division.fee,
    holdBps,
  });
  const settlement: Settlement = {
    settlement_id: id,
    payer: 'f1'.repeat(32),
    settlement_ref: 'invoice',
    request_digest: 'f2'.repeat(32),
    model_ref: current.record.model_ref,
    content_hash: current.record.content_hash,
    amount: String(amount),
    currency: 'EUR',
    mode: 'permissive',
    risk_class: 'low',
    fee: { payee: SAFETY_FUND, bps: feeBps, amount: String(division.fee) },
    cap_bps: division.cap_bps,
    max_depth: division.max_depth,
    beneficiaries: division.beneficiaries,
    layers: held.layers,
    lineage: summary.incomplete
      ? { ...summary, missing: reached.at(-1)!.record.parent_hash }
      : { ...summary },
    suspended: held.suspended.map(({ layer, reason, amount: part }) => ({
      layer,
      reason,
      amount: String(part),
    })),
    settled: { tx_id: 'f3'.repeat(32), at: 1_800_000_000 },
  };
  return { settlement, reached, division, held };
}

/** The case as a simulation takes it. */
function documentOf({ amount, feeBps, records, end }: LineageCase): unknown {
  const written = records.map(({ record, policy, owner, status }) => ({
    content_hash: record.content_hash,
    ...(policy === undefined ? { owner } : { ...policy.royalty_terms, status }),
  }));
  const last = records.at(-1)!.record.parent_hash;
  const beyond = {
    stop: [],
    missing: [null],
    cycle: written.filter(({ content_hash }) => content_hash === last),
  };
  return {
    amount: String(amount),
    currency: 'EUR',
    fee_bps: feeBps,
    records: [...written, ...beyond[end]],
  };
}

describe('a simulated settlement', () => {
  it('is what the ledger writes down and its credits read back', () => {
    forAll(110, (choices) => {
      const drawn = lineageCase(choices);
      const simulated = simulateSettlement(documentOf(drawn));
      const { settlement, division } = settle(drawn);
      const { beneficiaries, layers } = division;
      const credits = beneficiaries.map((name) => creditOf({ ...settlement, layers }, name));
      must(simulated.fee === String(creditOf(settlement, SAFETY_FUND).amount), 'fee');
      const paid = beneficiaries.map((name, place) => `${name} ${credits[place]!.amount}`);
      const payouts = Object.entries(simulated.payouts).map((entry) => entry.join(' '));
      must(paid.join() === payouts.join(), 'payouts');
      const lines = simulated.lines.map((line) => `${line.layer} ${line.beneficiary} ${line.amount}`);
      const credited = credits.flatMap(({ lines: own }, place) =>
        own.map((line) => `${line.layer} ${beneficiaries[place]!} ${line.amount}`),
      );
      must(lines.toSorted().join() === credited.toSorted().join(), 'lines');
      const stated = layers.map((layer) => [layer.amount, layer.claim_bps, layer.status].join(' '));
      const expected = simulated.layers.map((layer) =>
        [layer.amount, layer.claim_bps, layer.status].join(' '),
      );
      must(stated.join() === expected.join(), 'layers');
      const { depth, incomplete, cycle } = settlement.lineage;
      must(simulated.lineage.depth === depth && simulated.lineage.incomplete === incomplete, 'lineage');
      must(simulated.lineage.cycle === cycle, 'cycle');
    });
  }, 180_000);
});

/** Every line holds from nothing to all of it, and a layer's lines hold what its suspended parts are. */
function mustHoldWithin({ amounts, held }: SettlementLayer, suspended: bigint): void {
  const waiting = held ?? amounts.map(() => '0');
  must(waiting.length === amounts.length, 'lines');
  must(
    waiting.every((part, at) => BigInt(part) >= 0n && BigInt(part) <= BigInt(amounts[at]!)),
    'held',
  );
  must(sum(waiting) === suspended, 'held is not what is suspended');
  must(held === undefined || suspended > 0n, 'held without need');
}

/** Credits, suspended parts and the fee are the payment, and nothing is negative. */
function mustConserve({ settlement, held, division }: Settled): void {
  const credits = settlement.beneficiaries.map((name) => creditOf(settlement, name));
  const waiting = sum(settlement.suspended.map(({ amount }) => amount));
  const fee = creditOf(settlement, SAFETY_FUND).amount;
  must(sum(credits.map(({ amount }) => amount)) + waiting + fee === BigInt(settlement.amount), 'sum');
  must(fee >= 0n && credits.every(({ amount }) => amount >= 0n), 'negative');
  must(
    credits.every(({ amount, lines }) => sum(lines.map((line) => line.amount)) === amount),
    'justification',
  );
  settlement.layers.forEach((layer, index) => {
    const parts = held.suspended.filter((part) => part.layer === index);
    mustHoldWithin(layer, sum(parts.map(({ amount }) => amount)));
    must(layer.amounts.join() === division.layers[index]!.amounts.join(), 'the division changed');
  });
  for (const { amount, parts } of held.suspended) {
    must(amount > 0n && parts.every((part) => BigInt(part.amount) > 0n), 'suspended nothing');
    must(sum(parts.map((part) => part.amount)) === amount, 'suspended parts');
  }
  const keys = held.suspended.map(({ layer, reason }) => `${layer} ${reason}`);
  must(new Set(keys).size === keys.length, 'two under one ledger key');
}

/** All that is disputed or of unknown payees waits, and no more than the bounds for a missing parent. */
function mustWait(drawn: LineageCase, { settlement, held, reached, division }: Settled): void {
  const net = drawn.amount - division.fee;
  settlement.layers.forEach((layer, index) => {
    const isDisputed = reached[index]!.disputed;
    layer.payees.forEach((place, at) => {
      if (!isDisputed && !isUnknownPayee(settlement.beneficiaries[place]!)) return;
      must(layer.held?.[at] === layer.amounts[at], 'paid what has to wait');
    });
  });
  for (const { layer, reason, amount, parts } of held.suspended) {
    must((reason === 'disputed') === reached[layer]!.disputed, 'disputed');
    must(
      reason !== 'payee-unknown' || parts.every((part) => isUnknownPayee(part.beneficiary)),
      'known payee',
    );
    if (reason !== 'lineage-incomplete') continue;
    must(layer === 0 && settlement.lineage.incomplete, 'complete');
    must(amount * 10_000n <= net * BigInt(drawn.holdBps), 'above the bound');
    const ancestors = sum(settlement.layers.slice(1).map((each) => each.amount));
    must((amount + ancestors) * 10_000n <= net * BigInt(settlement.cap_bps), 'above the cap');
  }
}

describe('suspension', () => {
  it('conserves the payment, and holds what has to wait and no more', () => {
    forAll(110, (choices) => {
      const drawn = lineageCase(choices);
      const settled = settle(drawn);
      mustConserve(settled);
      mustWait(drawn, settled);
    });
  }, 180_000);
});

/** What waits for a missing parent; where nothing does, or now and then, any amounts at all. */
function heldFor({ held }: Settled, choices: Choices): OwedPart[] {
  const waiting = held.suspended.find(({ reason }) => reason === 'lineage-incomplete');
  const parts =
    waiting === undefined || choices.below(8) === 7
      ? ACTORS.slice(0, 1 + choices.below(3)).map((beneficiary) => ({
          beneficiary,
          amount: choices.amount(),
        }))
      : waiting.parts;
  return parts.map(({ beneficiary, amount }) => ({
    layer: 0,
    policy_version: 1,
    beneficiary,
    amount: BigInt(amount),
  }));
}

describe('a lineage that is completed', () => {
  it('conserves what was held, whatever is found', () => {
    forAll(160, (choices) => {
      const drawn: LineageCase = { ...lineageCase(choices, 3), end: 'missing' };
      const settled = settle(drawn);
      const { settlement, reached } = settled;
      const found = ancestorsFound(choices, reached.length, 3);
      const held = heldFor(settled, choices);
      const owed = completeLineage(settlement, held, found.map(stateOf));
      const reserve = sum(held.map(({ amount }) => amount));
      must(sum(owed.map(({ amount }) => amount)) === reserve, 'sum');
      must(
        owed.every(({ amount }) => amount >= 0n),
        'negative',
      );
      const isFound = ({ layer }: OwedPart): boolean => layer >= settlement.layers.length;
      const paid = found.map((_, index) =>
        sum(owed.flatMap((part) => (part.layer === reached.length + index ? [part.amount] : []))),
      );
      must(sum(paid) <= reserve, 'found layers get more than held');
      must(sum(owed.filter(isFound).map(({ amount }) => amount)) === sum(paid), 'another layer');
      // The rest goes back in the order of the parts, to nobody more than was held from him.
      const back = owed.filter((part) => !isFound(part));
      must(back.length === 0 || back.length === held.length, 'parts');
      must(
        back.every((part, at) => {
          const own = held[at]!;
          return part.beneficiary === own.beneficiary && part.amount <= own.amount;
        }),
        'back',
      );
      // A second reading: the whole lineage divided at once, by the ledger's own division.
      const whole = divideOverLineage(
        drawn.amount,
        drawn.feeBps,
        [...reached, ...found].map(stateOf),
      ).layers.slice(reached.length);
      const due = whole.map(({ amount }) => BigInt(amount));
      must(sum(paid) === (sum(due) < reserve ? sum(due) : reserve), 'due');
      must(sum(due) > reserve || due.join() === paid.join(), 'not what a whole lineage pays');
    });
  }, 180_000);
});

type Change = (settlement: Settlement, choices: Choices) => Settlement | undefined;

/** Another number near a decimal amount, never below zero. */
function otherAmount(amount: string, choices: Choices): string {
  const step = BigInt(1 + choices.below(3));
  return String(
    choices.below(2) === 0 || BigInt(amount) < step ? BigInt(amount) + step : BigInt(amount) - step,
  );
}

function otherNumber(value: number, choices: Choices): number {
  const step = 1 + choices.below(3);
  return choices.below(2) === 0 || value < step ? value + step : value - step;
}

function withLayer(
  settlement: Settlement,
  at: number,
  change: (layer: SettlementLayer) => SettlementLayer,
): Settlement {
  return {
    ...settlement,
    layers: settlement.layers.map((layer, index) => (index === at ? change(layer) : layer)),
  };
}

function replaced<Value>(values: readonly Value[], at: number, value: Value): Value[] {
  return values.map((old, index) => (index === at ? value : old));
}

function swapped<Value>(values: readonly Value[], choices: Choices): Value[] | undefined {
  if (values.length < 2) return undefined;
  const first = choices.below(values.length);
  const second = (first + 1 + choices.below(values.length - 1)) % values.length;
  return replaced(replaced(values, first, values[second]!), second, values[first]!);
}

/** A layer that pays somebody, and one of its lines. */
function lineOf({ layers }: Settlement, choices: Choices): { layer: number; at: number } | undefined {
  const paying = layers.flatMap(({ payees }, layer) => payees.map((_, at) => ({ layer, at })));
  return paying.length === 0 ? undefined : paying[choices.below(paying.length)];
}

const changeFee: Change = (settlement, choices) => ({
  ...settlement,
  fee: { ...settlement.fee, amount: otherAmount(settlement.fee.amount, choices) },
});

/** One change each; undefined where a settlement has nothing to change so. */
const CHANGES: readonly Change[] = [
  changeFee,
  // The rate is taken as stated, so only a rate that comes to another fee can be noticed.
  (settlement, choices) => {
    const bps = choices.bps();
    const fee = (BigInt(settlement.amount) * BigInt(bps)) / 10_000n;
    return String(fee) === settlement.fee.amount
      ? undefined
      : { ...settlement, fee: { ...settlement.fee, bps } };
  },
  (settlement, choices) => {
    const amount = otherAmount(settlement.amount, choices);
    return amount === '0' || BigInt(amount) > MAX_SETTLEMENT_AMOUNT ? undefined : { ...settlement, amount };
  },
  (settlement, choices) =>
    withLayer(settlement, choices.below(settlement.layers.length), (layer) => ({
      ...layer,
      amount: otherAmount(layer.amount, choices),
    })),
  (settlement, choices) => {
    const line = lineOf(settlement, choices);
    if (line === undefined) return undefined;
    return withLayer(settlement, line.layer, (layer) => ({
      ...layer,
      amounts: replaced(layer.amounts, line.at, otherAmount(layer.amounts[line.at]!, choices)),
    }));
  },
  // What one line loses another gets: every sum stays as it was.
  (settlement, choices) => {
    const line = lineOf(settlement, choices);
    const payees = settlement.layers[line?.layer ?? 0]!.payees.length;
    if (line === undefined || payees < 2) return undefined;
    const to = (line.at + 1) % payees;
    return withLayer(settlement, line.layer, (layer) => {
      const amounts = layer.amounts.map(BigInt);
      const moved = replaced(amounts, line.at, amounts[line.at]! - 1n);
      return { ...layer, amounts: replaced(moved, to, amounts[to]! + 1n).map(String) };
    });
  },
  (settlement, choices) => {
    const { beneficiaries } = settlement;
    if (beneficiaries.length === 0) return { ...settlement, beneficiaries: ['ff'.repeat(32)] };
    const at = choices.below(beneficiaries.length);
    return { ...settlement, beneficiaries: replaced(beneficiaries, at, '99'.repeat(32)) };
  },
  (settlement, choices) => {
    const beneficiaries = swapped(settlement.beneficiaries, choices);
    return beneficiaries && { ...settlement, beneficiaries };
  },
  (settlement, choices) => {
    const line = lineOf(settlement, choices);
    if (line === undefined) return undefined;
    return withLayer(settlement, line.layer, (layer) => ({
      ...layer,
      payees: replaced(layer.payees, line.at, otherNumber(layer.payees[line.at]!, choices)),
    }));
  },
  (settlement, choices) => ({ ...settlement, cap_bps: otherNumber(settlement.cap_bps, choices) }),
  (settlement, choices) => ({ ...settlement, max_depth: otherNumber(settlement.max_depth, choices) }),
  (settlement, choices) => ({
    ...settlement,
    lineage: { ...settlement.lineage, depth: otherNumber(settlement.lineage.depth, choices) },
  }),
  (settlement) => ({
    ...settlement,
    lineage: { ...settlement.lineage, incomplete: !settlement.lineage.incomplete },
  }),
  (settlement) => ({ ...settlement, lineage: { ...settlement.lineage, cycle: !settlement.lineage.cycle } }),
  (settlement, choices) => {
    const layers = swapped(settlement.layers, choices);
    return layers && { ...settlement, layers };
  },
  (settlement) => ({ ...settlement, layers: settlement.layers.slice(0, -1) }),
  (settlement, choices) =>
    withLayer(settlement, choices.below(settlement.layers.length), (layer) => ({
      ...layer,
      claim_bps: otherNumber(layer.claim_bps, choices),
    })),
  (settlement, choices) =>
    withLayer(settlement, choices.below(settlement.layers.length), (layer) => ({
      ...layer,
      policy_version: otherNumber(layer.policy_version, choices),
    })),
  (settlement) => ({ ...settlement, content_hash: '99'.repeat(32) }),
  (settlement) => ({ ...settlement, model_ref: '99'.repeat(32) }),
  (settlement) => ({ ...settlement, fee: { ...settlement.fee, payee: '99'.repeat(32) as 'safety-fund' } }),
  (settlement) => withLayer(settlement, 0, (layer) => ({ ...layer, status: 'revoked' })),
  (settlement) => ({ ...settlement, lineage: otherMissing(settlement.lineage) }),
  (settlement) => (settlement.suspended.length === 0 ? undefined : { ...settlement, suspended: [] }),
  (settlement, choices) => changeHeld(settlement, choices, (layer) => omit(layer, 'held')),
  (settlement, choices) =>
    changeHeld(settlement, choices, (layer) => ({
      ...layer,
      held: layer.held!.map((held) => String(-BigInt(held) - 1n)),
    })),
  (settlement, choices) =>
    changeHeld(settlement, choices, (layer) => ({
      ...layer,
      held: replaced(layer.held!, 0, otherAmount(layer.held![0]!, choices)),
    })),
  // Holding back everything, with a reason to match, from somebody whose part does not have to wait.
  (settlement) => {
    const at = settlement.layers.findIndex(({ held, amounts }) => held === undefined && amounts.length > 0);
    const layer = settlement.layers[at];
    if (layer === undefined) return undefined;
    const part = { layer: at, reason: 'lineage-incomplete', amount: layer.amount } as const;
    if (at === 0 && settlement.lineage.incomplete) return undefined;
    const held = withLayer(settlement, at, (each) => ({ ...each, held: each.amounts }));
    return { ...held, suspended: [...settlement.suspended, part].sort((a, b) => a.layer - b.layer) };
  },
];

function otherMissing(lineage: Settlement['lineage']): Settlement['lineage'] {
  return lineage.incomplete ? omit(lineage, 'missing') : { ...lineage, missing: '99'.repeat(32) };
}

/** Changes a layer of which something waits; undefined where nothing does. */
function changeHeld(
  settlement: Settlement,
  choices: Choices,
  change: (layer: SettlementLayer) => SettlementLayer,
): Settlement | undefined {
  const holding = settlement.layers.flatMap(({ held }, at) => (held === undefined ? [] : [at]));
  if (holding.length === 0) return undefined;
  return withLayer(settlement, holding[choices.below(holding.length)]!, change);
}

describe('a replay', () => {
  it('agrees with every settlement, twice with the same verdict, and notices any one change', () => {
    forAll(64, (choices) => {
      const change = CHANGES[choices.below(CHANGES.length)]!;
      const isChangedTwice = choices.below(2) === 1;
      const { settlement, reached: facts } = settle(lineageCase(choices, 2));
      const verdict = replaySettlement(settlement, facts);
      must(verdict.agrees && verdict.differences.length === 0, verdict.differences.join());
      const changed = change(settlement, choices) ?? changeFee(settlement, choices)!;
      const noticed = replaySettlement(changed, facts);
      must(!noticed.agrees && noticed.differences.length > 0, 'unnoticed');
      const [once, again] = isChangedTwice
        ? [noticed, replaySettlement(changed, facts)]
        : [verdict, replaySettlement(settlement, facts)];
      must(again.agrees === once.agrees, 'the second verdict differs');
      must(again.differences.join('\n') === once.differences.join('\n'), 'the second reasons differ');
    });
  }, 180_000);
});

/** Freezes what the ledger keeps, so that a rule that writes into it throws. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

type VaultAct = Intent<'vault.collect'> | Intent<'vault.withdraw'>;

/** A ledger in memory that performs vault acts as chaincode does: form, load, rule, and then all writes or none. */
class VaultLedger {
  acts = 0;
  private readonly values = new Map<string, unknown>();

  store(writes: readonly LedgerWrite[]): void {
    for (const { kind, id, value } of writes) this.values.set([kind, ...id].join('/'), frozen(value));
  }

  get<Kind extends LedgerKind>(kind: Kind, id: readonly string[]): LedgerDocuments[Kind] | undefined {
    return this.values.get([kind, ...id].join('/')) as LedgerDocuments[Kind] | undefined;
  }

  get size(): number {
    return this.values.size;
  }

  perform(intent: VaultAct): void {
    this.acts += 1;
    const { actor, type, body } = intent;
    assertSchema(bodySchema(type), body);
    const state = {
      vault: this.get('vault', ledgerKeys.vault(actor, body.currency)),
      sources: body.credits.map((source) => ({
        settlement: this.get('settlement', ledgerKeys.settlement(source)),
        credit: this.get('credit', ledgerKeys.credit(actor, body.currency, source)),
        mark: this.get('collected', ledgerKeys.collected(actor, body.currency, source)),
      })),
    };
    const context: IntentContext = {
      txId: 'f4'.repeat(32),
      at: 1_800_000_000 + this.acts,
      intentId: String(1_000_000 + this.acts).padStart(64, '0'),
      parameters: PARAMETERS,
    };
    const outcome =
      intent.type === 'vault.collect'
        ? collectIntoVault(state, intent, context)
        : withdraw(state, intent, context);
    this.store(outcome.writes);
  }
}

const SETTLEMENTS = ['c0'.repeat(32), 'c1'.repeat(32)];
const CREDITS = ['d0'.repeat(32), 'd1'.repeat(32)];
const SOURCES = [...SETTLEMENTS, ...CREDITS, 'ef'.repeat(32)];
const CURRENCIES = ['EUR', 'EUR', 'EUR', 'USD'];

interface Account {
  readonly actor: string;
  readonly currency: string;
  /** Source → what it owes, collected or not. */
  readonly owed: Map<string, bigint>;
  readonly taken: Set<string>;
  collected: bigint;
  withdrawn: bigint;
}

/** The vaults by the plain definition: what each source owes, and who has had it. */
class Books {
  readonly accounts = new Map<string, Account>();

  account(actor: string, currency: string): Account {
    const name = `${actor} ${currency}`;
    const known = this.accounts.get(name);
    if (known !== undefined) return known;
    const account: Account = {
      actor,
      currency,
      owed: new Map(),
      taken: new Set(),
      collected: 0n,
      withdrawn: 0n,
    };
    this.accounts.set(name, account);
    return account;
  }

  owe(actor: string, currency: string, source: string, amount: bigint): void {
    const { owed } = this.account(actor, currency);
    owed.set(source, (owed.get(source) ?? 0n) + amount);
  }

  /** Every line of a settlement without what is held of it. */
  oweSettlement({ settlement_id: source, currency, layers, beneficiaries }: Settlement): void {
    for (const { payees, amounts, held } of layers) {
      payees.forEach((place, at) => {
        const free = BigInt(amounts[at]!) - BigInt(held?.[at] ?? '0');
        this.owe(beneficiaries[place]!, currency, source, free);
      });
    }
  }

  /** What an act has to answer. */
  answer({ actor, type, body }: VaultAct): ErrorCode | 'none' {
    const { credits, currency } = body;
    if (new Set(credits).size < credits.length) return 'SCHEMA_VIOLATION';
    if (amountOf(body) > MAX_SETTLEMENT_AMOUNT) return 'AMOUNT_INVALID';
    if (type === 'vault.collect' && credits.length === 0) return 'NOTHING_DUE';
    const account = this.account(actor, currency);
    const open = openOf(account);
    const refused = credits.find((source) => !open.includes(source));
    if (refused !== undefined) return account.taken.has(refused) ? 'CREDIT_COLLECTED' : 'CREDIT_UNKNOWN';
    return amountOf(body) > reachOf(account, credits) ? 'VAULT_INSUFFICIENT' : 'none';
  }

  enter({ actor, body }: VaultAct): void {
    const account = this.account(actor, body.currency);
    for (const source of body.credits) {
      account.collected += account.owed.get(source) ?? 0n;
      account.taken.add(source);
    }
    account.withdrawn += amountOf(body);
  }
}

/** What an account could collect now. */
function openOf({ owed, taken }: Account): string[] {
  return [...owed].flatMap(([source, amount]) => (amount > 0n && !taken.has(source) ? [source] : []));
}

/** Most that could be withdrawn after collecting. */
function reachOf({ collected, withdrawn, owed }: Account, credits: readonly string[]): bigint {
  return collected - withdrawn + sum(credits.map((source) => owed.get(source) ?? 0n));
}

/** The vault is the account, and what was withdrawn was collected, and that was owed. */
function mustAgree(vault: Vault | undefined, { collected, withdrawn, owed }: Account): void {
  must(withdrawn <= collected && collected <= sum(owed.values()), 'more than was owed');
  must(BigInt(vault?.collected ?? '0') === collected, 'collected');
  must(BigInt(vault?.withdrawn ?? '0') === withdrawn, 'withdrawn');
  const balance = BigInt(vault?.balance ?? '0');
  must(balance === collected - withdrawn && balance >= 0n, 'balance');
}

function amountOf(body: VaultAct['body']): bigint {
  return 'amount' in body ? BigInt(body.amount) : 0n;
}

/** Anybody whom some source pays, or who tries although none does. */
function claimant(choices: Choices, books: Books): Account {
  const actors = [...books.accounts.values()].filter(({ actor }) => !isUnknownPayee(actor));
  const place = choices.below(actors.length + 1);
  return actors[place] ?? books.account(ACTORS[choices.below(ACTORS.length)]!, 'EUR');
}

/** Mostly what is there to collect; else anything: unknown, collected before, named twice, or nothing. */
function someSources(choices: Choices, account: Account): string[] {
  const open = openOf(account);
  if (open.length > 0 && choices.below(3) > 0) return open.slice(0, 1 + choices.below(2));
  const known = [...account.taken, ...SOURCES];
  return Array.from({ length: choices.below(4) }, () => known[choices.below(known.length)]!);
}

function vaultAct(choices: Choices, books: Books): VaultAct {
  const account = claimant(choices, books);
  const { actor, currency } = account;
  const credits = someSources(choices, account);
  const intent = {
    v: 1,
    network: NETWORK,
    actor,
    nonce: 'f5'.repeat(16),
    expires_at: 1_900_000_000,
  } as const;
  if (choices.below(2) === 0) return { ...intent, type: 'vault.collect', body: { currency, credits } };
  const most = reachOf(account, credits);
  const wanted = [most, most / 2n, most + 1n, BigInt(1 + choices.below(30)), choices.amount()];
  const amount = wanted[choices.below(wanted.length)]!;
  return {
    ...intent,
    type: 'vault.withdraw',
    body: {
      currency,
      credits,
      amount: String(amount > 0n ? amount : 1n),
      instruction_commitment: 'f6'.repeat(32),
    },
  };
}

/** A source appears: a settlement or a credit, not more than once. */
function addSource(nth: number, choices: Choices, ledger: VaultLedger, books: Books): void {
  const id = SETTLEMENTS[nth];
  if (id !== undefined) {
    const drawn = settle(lineageCase(choices, 1), id).settlement;
    const settlement = { ...drawn, currency: CURRENCIES[choices.below(CURRENCIES.length)]! };
    ledger.store([{ kind: 'settlement', id: ledgerKeys.settlement(id), value: settlement }]);
    books.oweSettlement(settlement);
    return;
  }
  const source = CREDITS[nth - SETTLEMENTS.length]!;
  const [beneficiary, currency] = [
    ACTORS[choices.below(ACTORS.length)]!,
    CURRENCIES[choices.below(CURRENCIES.length)]!,
  ];
  const amount = choices.amount();
  const credit: Credit = {
    beneficiary,
    currency,
    source,
    source_type: 'suspense',
    amount: String(amount),
    lines: [],
    credited: { tx_id: 'f7'.repeat(32), at: 1_800_000_000 },
  };
  ledger.store([{ kind: 'credit', id: ledgerKeys.credit(beneficiary, currency, source), value: credit }]);
  books.owe(beneficiary, currency, source, amount);
}

/** One act, which has to be answered as the books say; a refused one leaves the ledger as it was. */
function performOne(choices: Choices, ledger: VaultLedger, books: Books): void {
  const act = vaultAct(choices, books);
  const { actor, body } = act;
  const key = ledgerKeys.vault(actor, body.currency);
  const [vault, size] = [ledger.get('vault', key), ledger.size];
  const expected = books.answer(act);
  const code = codeOf(() => {
    ledger.perform(act);
  });
  must(code === expected, `${code} instead of ${expected}`);
  if (code === 'none') books.enter(act);
  else must(ledger.get('vault', key) === vault && ledger.size === size, 'refused, and yet it wrote');
  mustAgree(ledger.get('vault', key), books.account(actor, body.currency));
}

describe('vaults', () => {
  it('never pay out more than was collected, nor collect more than is owed, in any order of acts', () => {
    forAll(160, (choices) => {
      const [ledger, books] = [new VaultLedger(), new Books()];
      const order = choices.order(SETTLEMENTS.length + CREDITS.length);
      for (let acts = 1 + choices.below(4); acts > 0; acts -= 1) {
        // Most sources come early, and some after the first acts.
        for (const nth of order.splice(0, choices.below(5))) addSource(nth, choices, ledger, books);
        performOne(choices, ledger, books);
      }
      for (const account of books.accounts.values()) {
        const id = ledgerKeys.vault(account.actor, account.currency);
        mustAgree(ledger.get('vault', id), account);
      }
    });
  }, 180_000);
});
