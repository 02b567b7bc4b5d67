import { RegistryError } from '@maker-registry/protocol';
import { type NotificationEntry } from './notification';
import { type PayableWithdrawal } from './payable-withdrawal';

/** Why an entry is left for people to look at. */
export type UnmatchedReason =
  /** It carries no end-to-end id of an exported payment: money that has nothing to do with payouts. */
  | 'not-ours'
  /** It announces a movement that is not booked yet; the booked one decides. */
  | 'not-booked'
  /** It has our end-to-end id and is neither our debit nor a return: a reversal, or a credit without return information. */
  | 'neither-payment-nor-return'
  /** What the bank booked for one withdrawal does not add up: two debits, two returns, or something else beside them. */
  | 'contradictory';

/** A withdrawal that the bank debited. */
export interface PaidWithdrawal {
  readonly withdrawal: PayableWithdrawal;
  readonly entry: NotificationEntry;
}

/** A withdrawal whose money came back. */
export interface ReturnedWithdrawal {
  readonly withdrawal: PayableWithdrawal;
  readonly reason: string;
  readonly entry: NotificationEntry;
  /** The debit before it, where the same entries have it. */
  readonly debit?: NotificationEntry;
}

/** What entries say about withdrawals. Every entry is in exactly one place. */
export interface Reconciliation {
  /** To be reported on the ledger as paid. */
  readonly paid: readonly PaidWithdrawal[];
  /** To be reported on the ledger as returned. */
  readonly returned: readonly ReturnedWithdrawal[];
  /** Booked under our end-to-end id with another amount or currency; nothing is reported. */
  readonly amountMismatch: readonly PaidWithdrawal[];
  readonly unmatched: readonly { readonly entry: NotificationEntry; readonly why: UnmatchedReason }[];
  /** Entries read before in the same list, and those that say what the ledger already has. */
  readonly known: readonly NotificationEntry[];
  /** Exported or sent withdrawals of which nothing final is known. */
  readonly outstanding: readonly PayableWithdrawal[];
}

type Sorted = { -readonly [K in keyof Reconciliation]: Reconciliation[K][number][] };

/** What was booked under one withdrawal's end-to-end id. */
interface Movements {
  readonly debits: NotificationEntry[];
  readonly returns: NotificationEntry[];
  /** Of another amount, or neither debit nor return; they are in the result already. */
  readonly others: NotificationEntry[];
}

const NO_MOVEMENTS: Movements = { debits: [], returns: [], others: [] };

/**
 * Compares withdrawals as they are on the ledger with what a bank notified, given which end-to-end id was exported for
 * which withdrawal. Reading the same entries again changes nothing: a repeated one is recognized by its reference, and
 * what the ledger already has is not reported again. The order of entries does not matter.
 *
 * A withdrawal is decided only when all that was booked for it is at most one debit and at most one return of its exact
 * amount. Otherwise people decide: reporting it returned would let the beneficiary take out again what a second debit may
 * have paid. A second debit is seen only beside the first, so give the entries of all notifications that are kept, not
 * of the newest alone.
 *
 * @throws RegistryError WITHDRAWAL_UNKNOWN when an exported withdrawal is not among the given ones; SCHEMA_VIOLATION when
 *   one is given twice.
 */
export function reconcile(
  withdrawals: readonly PayableWithdrawal[],
  exported: ReadonlyMap<string, string>,
  entries: readonly NotificationEntry[],
): Reconciliation {
  const byId = indexed(withdrawals, exported);
  const sorted: Sorted = {
    paid: [],
    returned: [],
    amountMismatch: [],
    unmatched: [],
    known: [],
    outstanding: [],
  };
  const movements = new Map<string, Movements>();
  for (const entry of distinct(entries, sorted)) {
    sortEntry(entry, byId.get(exported.get(entry.endToEndId ?? '') ?? ''), movements, sorted);
  }
  const exportedIds = new Set(exported.values());
  for (const withdrawal of withdrawals) {
    const moved = movements.get(withdrawal.withdrawal_id) ?? NO_MOVEMENTS;
    const decided = decide(withdrawal, moved, sorted);
    const awaited = exportedIds.has(withdrawal.withdrawal_id) || withdrawal.status === 'sent';
    if (!decided && awaited && !isReported(withdrawal)) sorted.outstanding.push(withdrawal);
  }
  return sorted;
}

function indexed(
  withdrawals: readonly PayableWithdrawal[],
  exported: ReadonlyMap<string, string>,
): ReadonlyMap<string, PayableWithdrawal> {
  const byId = new Map(withdrawals.map((withdrawal) => [withdrawal.withdrawal_id, withdrawal]));
  if (byId.size !== withdrawals.length) {
    throw new RegistryError('SCHEMA_VIOLATION', 'A withdrawal is given twice; give each once, as it is now.');
  }
  for (const id of exported.values()) {
    if (byId.has(id)) continue;
    throw new RegistryError('WITHDRAWAL_UNKNOWN', 'An exported withdrawal is not among the given ones.', {
      subject: id,
    });
  }
  return byId;
}

/** Entries in order without repetitions; an announcement and its booking share a reference and are two. */
function distinct(entries: readonly NotificationEntry[], sorted: Sorted): readonly NotificationEntry[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const key = JSON.stringify([
      entry.reference,
      entry.endToEndId,
      entry.direction,
      entry.amount,
      entry.currency,
      entry.status,
      entry.reversal,
      entry.returnReason,
    ]);
    if (seen.has(key)) sorted.known.push(entry);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function sortEntry(
  entry: NotificationEntry,
  withdrawal: PayableWithdrawal | undefined,
  movements: Map<string, Movements>,
  sorted: Sorted,
): void {
  const kind = kindOf(entry);
  if (withdrawal === undefined) sorted.unmatched.push({ entry, why: 'not-ours' });
  else if (kind === 'not-booked') sorted.unmatched.push({ entry, why: kind });
  else {
    const moved = movements.get(withdrawal.withdrawal_id) ?? { debits: [], returns: [], others: [] };
    movements.set(withdrawal.withdrawal_id, moved);
    if (kind === 'neither-payment-nor-return') {
      sorted.unmatched.push({ entry, why: kind });
      moved.others.push(entry);
    } else if (entry.amount !== withdrawal.amount || entry.currency !== withdrawal.currency) {
      sorted.amountMismatch.push({ withdrawal, entry });
      moved.others.push(entry);
    } else moved[kind].push(entry);
  }
}

/** A return is a credit with return information, whether or not the bank also calls it a reversal. */
function kindOf(
  entry: NotificationEntry,
): 'debits' | 'returns' | 'not-booked' | 'neither-payment-nor-return' {
  if (entry.status !== 'BOOK') return 'not-booked';
  if (entry.direction === 'credit' && entry.returnReason !== undefined) return 'returns';
  if (entry.direction === 'debit' && entry.returnReason === undefined && !entry.reversal) return 'debits';
  return 'neither-payment-nor-return';
}

function isReported(withdrawal: PayableWithdrawal): boolean {
  return withdrawal.status === 'paid' || withdrawal.status === 'returned';
}

/** Puts a withdrawal's movements where they belong; whether there is something to report. */
function decide(withdrawal: PayableWithdrawal, moved: Movements, sorted: Sorted): boolean {
  const { debits, returns, others } = moved;
  if (debits.length > 1 || returns.length > 1 || others.length > 0) {
    sorted.unmatched.push(
      ...[...debits, ...returns].map((entry) => ({ entry, why: 'contradictory' as const })),
    );
    return false;
  }
  const [debit] = debits;
  const [entry] = returns;
  if (withdrawal.status === 'returned') {
    sorted.known.push(...debits, ...returns);
    return false;
  }
  if (entry !== undefined) {
    const reason = entry.returnReason ?? '';
    sorted.returned.push({ withdrawal, reason, entry, ...(debit === undefined ? {} : { debit }) });
    return true;
  }
  if (debit === undefined) return false;
  if (withdrawal.status === 'paid') sorted.known.push(debit);
  else sorted.paid.push({ withdrawal, entry: debit });
  return withdrawal.status !== 'paid';
}
