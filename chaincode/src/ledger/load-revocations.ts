import { ledgerKeys, type Revocation, type RevocationHead } from '@maker-registry/protocol';
import type { Ledger } from './ledger';

/** The end of the numbered chain; undefined before the first revocation. */
export async function loadRevocationHead(ledger: Ledger): Promise<RevocationHead | undefined> {
  return ledger.get('revocation-head', ledgerKeys['revocation-head']());
}

/** The entries of these numbers, in their order. */
export async function loadRevocations(
  ledger: Ledger,
  numbers: readonly number[],
): Promise<(Revocation | undefined)[]> {
  await ledger.prefetch(numbers.map((number) => ({ kind: 'revocation', id: ledgerKeys.revocation(number) })));
  const entries: (Revocation | undefined)[] = [];
  for (const number of numbers) entries.push(await ledger.get('revocation', ledgerKeys.revocation(number)));
  return entries;
}
