import * as fc from 'fast-check';
import { type Intent } from '../domain/intent-bodies';
import { type LedgerDocuments, ledgerKeys, type LedgerKind, type LedgerWrite } from '../domain/ledger';
import { type Credit, SAFETY_FUND, type Settlement, type SettlementLayer } from '../domain/settlement';
import { type Vault } from '../domain/vault';
import { type ErrorCode } from '../errors/error-codes';
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
import { isUnknownPayee } from './beneficiary';
import { creditOf } from './credits';
import { walkLineage } from './lineage';
import { completeLineage, type OwedPart } from './lineage-completion';
import { replaySettlement } from './replay-settlement';
import { depthOf, type DividedSettlement, divideOverLineage, type LayerState } from './settlement-division';
import { simulateSettlement } from './simulate';
import { suspend, type SuspendedDivision } from './suspension';

const RUNS = 100_000;

/** Runs `check` over random choices; it throws where a rule is broken. */
function forAll(maxWords: number, check: (choices: Choices) => void): void {
  const words = fc.array(fc.nat(0x7fffffff), { minLength: 4, maxLength: maxWords });
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
  const depth = depthOf(stateOf(current));
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
  }, 60_000);
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

describe('suspension', () => {
  it('conserves: credits, suspended parts and the fee are the payment, and nothing is negative', () => {
    forAll(110, (choices) => {
      const { settlement, held, division } = settle(lineageCase(choices));
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
    });
  }, 60_000);

  it('holds all that is disputed or of unknown payees, and no more than the bound for a missing parent', () => {
    forAll(110, (choices) => {
      const drawn = lineageCase(choices);
      const { settlement, held, reached, division } = settle(drawn);
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
    });
  }, 60_000);
});

/** What waits for a missing parent; where nothing does, or now and then, any amounts at all. */
function heldFor({ held }: Settled, choices: Choices): OwedPart[] {
  const waiting = held.suspended.find(({ reason }) => reason === 'lineage-incomplete');
  const parts =
    waiting === undefined || choices.below(8) === 7
      ? ACTORS.slice(0, choices.below(4)).map((beneficiary) => ({ beneficiary, amount: choices.amount() }))
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
  }, 60_000);
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
    return amount === '0' || BigInt(amount) > 10n ** 30n ? undefined : { ...settlement, amount };
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
];

describe('a replay', () => {
  it('agrees with every settlement, twice with the same verdict, and notices any one change', () => {
    forAll(120, (choices) => {
      const { settlement, reached: facts } = settle(lineageCase(choices));
      const verdict = replaySettlement(settlement, facts);
      must(verdict.agrees && verdict.differences.length === 0, verdict.differences.join());
      const change = CHANGES[choices.below(CHANGES.length)]!;
      const changed = change(settlement, choices) ?? changeFee(settlement, choices)!;
      const noticed = replaySettlement(changed, facts);
      must(!noticed.agrees && noticed.differences.length > 0, 'unnoticed');
      const again = replaySettlement(settlement, facts);
      must(again.agrees && again.differences.length === 0, 'the second replay differs');
      const once = noticed.differences.join('\n');
      must(replaySettlement(changed, facts).differences.join('\n') === once, 'the second verdict differs');
    });
  }, 60_000);
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
/** Few, so that their acts meet. */
const COLLECTORS = ACTORS.slice(0, 2);
const CURRENCIES = ['EUR', 'EUR', 'EUR', 'USD'];

interface Account {
  collected: bigint;
  withdrawn: bigint;
  readonly taken: Set<string>;
}

/** The vaults by the plain definition: what each source owes, and who has had it. */
class Books {
  private readonly accounts = new Map<string, Account>();
  private readonly owed = new Map<string, bigint>();

  account(actor: string, currency: string): Account {
    const name = `${actor} ${currency}`;
    const account = this.accounts.get(name) ?? { collected: 0n, withdrawn: 0n, taken: new Set() };
    this.accounts.set(name, account);
    return account;
  }

  owe(actor: string, currency: string, source: string, amount: bigint): void {
    const name = `${actor} ${currency} ${source}`;
    this.owed.set(name, (this.owed.get(name) ?? 0n) + amount);
  }

  due(actor: string, currency: string, source: string): bigint {
    return this.owed.get(`${actor} ${currency} ${source}`) ?? 0n;
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
    if (type === 'vault.collect' && credits.length === 0) return 'NOTHING_DUE';
    const { taken, collected, withdrawn } = this.account(actor, currency);
    const refused = credits.find((source) => taken.has(source) || this.due(actor, currency, source) === 0n);
    if (refused !== undefined) return taken.has(refused) ? 'CREDIT_COLLECTED' : 'CREDIT_UNKNOWN';
    const brought = sum(credits.map((source) => this.due(actor, currency, source)));
    return amountOf(body) > collected + brought - withdrawn ? 'VAULT_INSUFFICIENT' : 'none';
  }

  enter({ actor, body }: VaultAct): void {
    const account = this.account(actor, body.currency);
    for (const source of body.credits) {
      account.collected += this.due(actor, body.currency, source);
      account.taken.add(source);
    }
    account.withdrawn += amountOf(body);
  }

  /** The vault is the account, and what was withdrawn was collected, and that was owed. */
  mustAgree(vault: Vault | undefined, actor: string, currency: string): void {
    const { collected, withdrawn } = this.account(actor, currency);
    const all = sum(SOURCES.map((source) => this.due(actor, currency, source)));
    must(withdrawn <= collected && collected <= all, 'more than was owed');
    must(BigInt(vault?.collected ?? '0') === collected, 'collected');
    must(BigInt(vault?.withdrawn ?? '0') === withdrawn, 'withdrawn');
    const balance = BigInt(vault?.balance ?? '0');
    must(balance === collected - withdrawn && balance >= 0n, 'balance');
  }
}

function amountOf(body: VaultAct['body']): bigint {
  return 'amount' in body ? BigInt(body.amount) : 0n;
}

function vaultAct(choices: Choices, books: Books): VaultAct {
  const actor = COLLECTORS[choices.below(COLLECTORS.length)]!;
  const currency = CURRENCIES[choices.below(CURRENCIES.length)]!;
  const credits = Array.from({ length: choices.below(4) }, () => SOURCES[choices.below(SOURCES.length)]!);
  const intent = {
    v: 1,
    network: NETWORK,
    actor,
    nonce: 'f5'.repeat(16),
    expires_at: 1_900_000_000,
  } as const;
  if (choices.below(2) === 0) return { ...intent, type: 'vault.collect', body: { currency, credits } };
  const { collected, withdrawn } = books.account(actor, currency);
  const most = collected - withdrawn + sum(credits.map((source) => books.due(actor, currency, source)));
  const wanted = [most, most + 1n, BigInt(1 + choices.below(30)), most / 2n, choices.amount()];
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
    COLLECTORS[choices.below(COLLECTORS.length)]!,
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
  for (const each of COLLECTORS) {
    for (const currency of ['EUR', 'USD']) {
      books.mustAgree(ledger.get('vault', ledgerKeys.vault(each, currency)), each, currency);
    }
  }
}

describe('vaults', () => {
  it('never pay out more than was collected, nor collect more than is owed, in any order of acts', () => {
    forAll(140, (choices) => {
      const [ledger, books] = [new VaultLedger(), new Books()];
      const order = choices.order(SETTLEMENTS.length + CREDITS.length);
      for (let act = 2 + choices.below(7); act > 0; act -= 1) {
        const next = order.length > 0 && choices.below(4) < 3 ? order.shift() : undefined;
        if (next !== undefined) addSource(next, choices, ledger, books);
        performOne(choices, ledger, books);
      }
    });
  }, 60_000);
});
