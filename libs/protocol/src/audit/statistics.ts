import { SAFETY_FUND } from '../domain/settlement';
import { isPlainObject } from '../encoding/strict-json';
import { type AuditItem, type AuditRelease, type AuditTransaction, type AuditWrite } from './export-item';

export type Counts = Readonly<Record<string, number>>;

/** What became of the safety fund's fees in one currency; amounts are decimal strings of minor units. */
export interface FeeStatistics {
  readonly settlements: number;
  readonly sales: number;
  /** Charged by settlements and sales. */
  readonly charged: string;
  /** Of it, taken into the fund's vault. */
  readonly collected: string;
  /** Ordered to be paid out of the vault, and what came back. */
  readonly withdrawn: string;
  readonly returned: string;
}

/** What happened on the ledger over some blocks, counted by fixed rules from the export alone. */
export interface AuditStatistics {
  readonly blocks: number;
  readonly transactions: {
    readonly total: number;
    readonly valid: number;
    readonly refused: number;
    readonly refused_by_code: Counts;
  };
  /** Valid transactions by `contract:Function`. */
  readonly acts: Counts;
  readonly approvals: {
    /** Reviewers' decisions about artifacts. */
    readonly reviews_approved: number;
    readonly reviews_rejected: number;
    /** Artifacts that passed their gate with a decision counted here. */
    readonly artifacts_approved: number;
    /** Parameters that a majority of the operators put into force. */
    readonly parameters_in_force: number;
  };
  readonly revocations: {
    readonly entries: number;
    readonly by_kind: Counts;
    readonly by_reason: Counts;
    readonly by_subject: Counts;
    readonly final: number;
  };
  /** By currency. */
  readonly fees: Readonly<Record<string, FeeStatistics>>;
}

/** Releases and refusals of content keys, as one operator recorded them. */
export interface ReleaseStatistics {
  readonly released: number;
  readonly refused: number;
  readonly refused_by_code: Counts;
}

type Document = Readonly<Record<string, unknown>>;

class Counter {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  get result(): Counts {
    return Object.fromEntries([...this.#counts].sort(([left], [right]) => (left < right ? -1 : 1)));
  }
}

const AMOUNT = /^(0|[1-9][0-9]{0,38})$/;

/** An amount as the ledger writes it; 0 for anything else, which no rule of the registry writes. */
function amountOf(value: unknown): bigint {
  return typeof value === 'string' && AMOUNT.test(value) ? BigInt(value) : 0n;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function part(document: Document, name: string): Document {
  const value = document[name];
  return isPlainObject(value) ? value : {};
}

function parts(document: Document, name: string): readonly Document[] {
  const value = document[name];
  return Array.isArray(value) ? value.filter(isPlainObject) : [];
}

interface MutableFees {
  settlements: number;
  sales: number;
  charged: bigint;
  collected: bigint;
  withdrawn: bigint;
  returned: bigint;
}

class Fees {
  readonly #byCurrency = new Map<string, MutableFees>();

  of(currency: string): MutableFees {
    const known = this.#byCurrency.get(currency);
    if (known !== undefined) return known;
    const fresh = { settlements: 0, sales: 0, charged: 0n, collected: 0n, withdrawn: 0n, returned: 0n };
    this.#byCurrency.set(currency, fresh);
    return fresh;
  }

  get result(): Readonly<Record<string, FeeStatistics>> {
    const sorted = [...this.#byCurrency].sort(([left], [right]) => (left < right ? -1 : 1));
    return Object.fromEntries(
      sorted.map(([currency, fees]) => [
        currency,
        {
          settlements: fees.settlements,
          sales: fees.sales,
          charged: String(fees.charged),
          collected: String(fees.collected),
          withdrawn: String(fees.withdrawn),
          returned: String(fees.returned),
        },
      ]),
    );
  }
}

/**
 * Counts export items, in their order. Pure: whoever has the same lines gets the same statistics, whichever operator's
 * gateway they came from. A document that is written again counts only what this transaction added to it.
 */
export class StatisticsFold {
  #blocks = 0;
  #total = 0;
  #valid = 0;
  readonly #refusedByCode = new Counter();
  readonly #acts = new Counter();
  readonly #approvals = {
    reviews_approved: 0,
    reviews_rejected: 0,
    artifacts_approved: 0,
    parameters_in_force: 0,
  };
  #entries = 0;
  #final = 0;
  readonly #byKind = new Counter();
  readonly #byReason = new Counter();
  readonly #bySubject = new Counter();
  readonly #fees = new Fees();

  add(item: AuditItem): void {
    if (item.type === 'block') this.#blocks += 1;
    else if (item.type === 'transaction') this.#addTransaction(item);
    else this.#addWrite(item);
  }

  get result(): AuditStatistics {
    return {
      blocks: this.#blocks,
      transactions: {
        total: this.#total,
        valid: this.#valid,
        refused: this.#total - this.#valid,
        refused_by_code: this.#refusedByCode.result,
      },
      acts: this.#acts.result,
      approvals: { ...this.#approvals },
      revocations: {
        entries: this.#entries,
        by_kind: this.#byKind.result,
        by_reason: this.#byReason.result,
        by_subject: this.#bySubject.result,
        final: this.#final,
      },
      fees: this.#fees.result,
    };
  }

  #addTransaction({ validation_code: code, function: name }: AuditTransaction): void {
    this.#total += 1;
    if (code !== 'VALID') this.#refusedByCode.add(code);
    else {
      this.#valid += 1;
      if (name !== null) this.#acts.add(name);
    }
  }

  #addWrite({ kind, act, document, tx_id: txId, id }: AuditWrite): void {
    if (act !== 'put' || !isPlainObject(document)) return;
    const count = COUNTED.get(kind ?? '');
    if (count !== undefined) this[count](document, txId, id);
  }

  /** A review belongs to the transaction that made it; later writes of the artifact carry it along. */
  artifact(document: Document, txId: string): void {
    const own = parts(document, 'reviews').filter((review) => review['tx_id'] === txId);
    for (const { decision } of own) {
      if (decision === 'approve') this.#approvals.reviews_approved += 1;
      else if (decision === 'reject') this.#approvals.reviews_rejected += 1;
    }
    const isDecided = own.some(({ decision }) => decision === 'approve');
    if (isDecided && document['approved'] === true) this.#approvals.artifacts_approved += 1;
  }

  parameters(): void {
    this.#approvals.parameters_in_force += 1;
  }

  /** An entry that is written again, because it was lifted, is no new one. */
  revocation(document: Document, txId: string): void {
    if (document['tx_id'] !== txId) return;
    this.#entries += 1;
    if (document['final'] === true) this.#final += 1;
    this.#byKind.add(textOf(document['kind']));
    this.#byReason.add(textOf(document['reason_code']));
    this.#bySubject.add(textOf(document['subject_type']));
  }

  settlement(document: Document): void {
    const fees = this.#fees.of(textOf(document['currency']));
    fees.settlements += 1;
    fees.charged += amountOf(part(document, 'fee')['amount']);
  }

  sale(document: Document): void {
    const fees = this.#fees.of(textOf(part(document, 'price')['currency']));
    fees.sales += 1;
    fees.charged += amountOf(part(document, 'fee')['amount']);
  }

  collected(document: Document, _txId: string, [beneficiary, currency]: readonly string[]): void {
    if (beneficiary !== SAFETY_FUND) return;
    this.#fees.of(textOf(currency)).collected += amountOf(document['amount']);
  }

  withdrawal(document: Document, txId: string): void {
    if (document['beneficiary'] !== SAFETY_FUND) return;
    const fees = this.#fees.of(textOf(document['currency']));
    const amount = amountOf(document['amount']);
    if (part(document, 'requested')['tx_id'] === txId) fees.withdrawn += amount;
    const reported = parts(document, 'reports').some(
      (report) => report['status'] === 'returned' && part(report, 'reported')['tx_id'] === txId,
    );
    if (reported) fees.returned += amount;
  }
}

type Counted = 'artifact' | 'parameters' | 'revocation' | 'settlement' | 'sale' | 'collected' | 'withdrawal';

const COUNTED: ReadonlyMap<string, Counted> = new Map(
  (['artifact', 'parameters', 'revocation', 'settlement', 'sale', 'collected', 'withdrawal'] as const).map(
    (kind) => [kind, kind],
  ),
);

/** Counts the decisions of one operator's release service. */
export class ReleaseFold {
  #released = 0;
  #refused = 0;
  readonly #byCode = new Counter();

  add({ outcome, code }: AuditRelease): void {
    if (outcome === 'released') this.#released += 1;
    else {
      this.#refused += 1;
      this.#byCode.add(code ?? '');
    }
  }

  get result(): ReleaseStatistics {
    return { released: this.#released, refused: this.#refused, refused_by_code: this.#byCode.result };
  }
}
