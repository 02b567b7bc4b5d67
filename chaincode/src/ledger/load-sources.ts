import { ledgerKeys, type SourceState } from '@maker-registry/protocol';
import type { Ledger, LedgerReference } from './ledger';

/** Where what a source owes a beneficiary could stand, and the mark that it was collected. */
export function sourceReferences(beneficiary: string, currency: string, source: string): LedgerReference[] {
  return [
    { kind: 'settlement', id: ledgerKeys.settlement(source) },
    { kind: 'credit', id: ledgerKeys.credit(beneficiary, currency, source) },
    { kind: 'collected', id: ledgerKeys.collected(beneficiary, currency, source) },
  ];
}

/** The state of each source, in order. */
export async function loadSources(
  ledger: Ledger,
  beneficiary: string,
  currency: string,
  sources: readonly string[],
): Promise<SourceState[]> {
  const states: SourceState[] = [];
  for (const source of sources) {
    states.push({
      settlement: await ledger.get('settlement', ledgerKeys.settlement(source)),
      credit: await ledger.get('credit', ledgerKeys.credit(beneficiary, currency, source)),
      mark: await ledger.get('collected', ledgerKeys.collected(beneficiary, currency, source)),
    });
  }
  return states;
}
