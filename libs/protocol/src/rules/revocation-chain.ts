import { type LedgerWrite, ledgerKeys } from '../domain/ledger';
import { type Revocation, type RevocationHead } from '../domain/revocation';
import { documentHash } from '../encoding/hash';
import { omit } from '../encoding/omit';
import { type TransactionContext } from './context';

/** `previous` of the first entry. */
export const CHAIN_START = '0'.repeat(64);

/** What the author of an entry decides; number, link and stamp follow from the ledger. */
export type RevocationFields = Omit<Revocation, 'number' | 'previous' | 'tx_id' | 'at' | 'lifted'>;

export interface Appended {
  readonly entry: Revocation;
  readonly head: RevocationHead;
}

/** Hash of an entry for the chain, hex: over everything except `lifted`, which is set later. */
export function revocationHash(entry: Revocation): string {
  return documentHash(omit(entry, 'lifted'));
}

/** Appends an entry: the next number without a gap, linked by hash to the one before. */
export function appendRevocation(
  head: RevocationHead | undefined,
  fields: RevocationFields,
  { txId, at }: TransactionContext,
): Appended {
  const entry: Revocation = {
    number: (head?.number ?? 0) + 1,
    previous: head?.hash ?? CHAIN_START,
    ...fields,
    tx_id: txId,
    at,
  };
  return { entry, head: { number: entry.number, hash: revocationHash(entry) } };
}

/** The lifted entry, marked with the entry that lifts it. */
export function markLifted(entry: Revocation, release: Revocation): Revocation {
  return { ...entry, lifted: { number: release.number, tx_id: release.tx_id, at: release.at } };
}

/** The fields of the entry that lifts another. */
export function releaseFields(
  lifted: Revocation,
  by: Revocation['by'],
  reasonCode: string,
  note?: string,
): RevocationFields {
  return {
    subject_type: lifted.subject_type,
    subject_id: lifted.subject_id,
    ...(lifted.key_version === undefined ? {} : { key_version: lifted.key_version }),
    kind: 'release',
    reason_code: reasonCode,
    ...(note === undefined ? {} : { note }),
    by,
    final: true,
    releases: lifted.number,
  };
}

/** The put of an entry. */
export function revocationWrite(entry: Revocation): LedgerWrite {
  return { kind: 'revocation', id: ledgerKeys.revocation(entry.number), value: entry };
}

/** The put of the chain's end. */
export function headWrite(head: RevocationHead): LedgerWrite {
  return { kind: 'revocation-head', id: ledgerKeys['revocation-head'](), value: head };
}

/**
 * Asserts nothing, tells the first break: the index of the first entry that does not continue the chain from `start`,
 * or -1. Entries in the order of their numbers.
 */
export function firstChainBreak(entries: readonly Revocation[], start?: RevocationHead): number {
  let number = start?.number ?? 0;
  let hash = start?.hash ?? CHAIN_START;
  for (const [index, entry] of entries.entries()) {
    if (entry.number !== number + 1 || entry.previous !== hash) return index;
    number = entry.number;
    hash = revocationHash(entry);
  }
  return -1;
}
