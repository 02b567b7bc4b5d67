import { type CollectBody } from '../domain/intent-bodies';
import { ledgerKeys, type LedgerWrite } from '../domain/ledger';
import { type CollectedMark, type Credit, type Settlement } from '../domain/settlement';
import { RegistryError } from '../errors/registry-error';
import { creditOf } from './credits';

/** What the ledger holds under one source that a beneficiary names; at most one of settlement and credit. */
export interface SourceState {
  readonly settlement: Settlement | undefined;
  readonly credit: Credit | undefined;
  readonly mark: CollectedMark | undefined;
}

/** What a collection brings, minor units, and the marks that keep it from being brought twice. */
export interface Collection {
  readonly amount: bigint;
  readonly writes: readonly LedgerWrite[];
}

/**
 * Collects what the named sources owe a beneficiary. The list comes from the beneficiary, who learned it from a mirror:
 * a source that a mirror kept silent about stays owed, and no query over a range of keys can meet a settlement made at
 * the same time.
 *
 * @param sources in the order of the body's credits
 * @throws RegistryError CREDIT_UNKNOWN or CREDIT_COLLECTED; `subject` is the pointer of the source
 */
export function collectCredits(
  beneficiary: string,
  { currency, credits }: CollectBody,
  sources: readonly SourceState[],
  intentId: string,
): Collection {
  const named = new Set<string>();
  let total = 0n;
  const writes = credits.map((source, index): LedgerWrite => {
    const subject = `/body/credits/${index}`;
    assertNamedOnce(named, source, subject);
    const amount = owedBy(sources[index], beneficiary, currency, subject);
    total += amount;
    return {
      kind: 'collected',
      id: ledgerKeys.collected(beneficiary, currency, source),
      value: { amount: String(amount), intent_id: intentId },
    };
  });
  return { amount: total, writes };
}

/** The states were loaded before anything was collected: a source that is named twice would be paid twice. */
function assertNamedOnce(named: Set<string>, source: string, subject: string): void {
  if (named.has(source)) {
    throw new RegistryError('CREDIT_COLLECTED', 'This source is named twice.', { subject });
  }
  named.add(source);
}

function owedBy(
  state: SourceState | undefined,
  beneficiary: string,
  currency: string,
  subject: string,
): bigint {
  if (state?.mark !== undefined) {
    throw new RegistryError('CREDIT_COLLECTED', 'What this source owes was already collected.', { subject });
  }
  const amount = amountOf(state, beneficiary, currency);
  if (amount > 0n) return amount;
  throw new RegistryError('CREDIT_UNKNOWN', `This source owes the beneficiary nothing in ${currency}.`, {
    subject,
  });
}

function amountOf(state: SourceState | undefined, beneficiary: string, currency: string): bigint {
  if (state?.credit !== undefined) return BigInt(state.credit.amount);
  const { settlement } = state ?? {};
  return settlement?.currency === currency ? creditOf(settlement, beneficiary).amount : 0n;
}
