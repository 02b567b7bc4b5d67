import { projectDocuments } from '../projection/project-documents';
import { type BlockRows, type WriteRow } from '../projection/rows';
import { ledgerKey, putOf } from './writes';

/** A put as the rules of the core give it; no value deletes. */
export interface Put {
  readonly kind: string;
  readonly id: readonly string[];
  readonly value?: unknown;
}

const NAMESPACE = 'registry';

/** A block in which each list of puts is a transaction, as far as typed tables and timelines go. */
export function documentBlock(number: number, transactions: readonly (readonly Put[])[]): BlockRows {
  const projected = transactions.map((puts, txIndex) => {
    const writes = puts.map((put): WriteRow => writeOf(put, { block: number, txIndex }));
    return projectDocuments(writes, NAMESPACE);
  });
  const hash = number.toString(16).padStart(64, '0');
  return {
    block: {
      number,
      headerHash: hash,
      previousHash: hash,
      dataHash: hash,
      commitHash: hash,
      txCount: transactions.length,
      validCount: transactions.length,
      lastConfig: 0,
      ledgerTime: null,
    },
    transactions: [],
    writes: [],
    state: [],
    subjects: projected.flatMap(({ subjects }) => subjects),
    documents: projected.flatMap(({ documents }) => documents),
    config: null,
  };
}

function writeOf({ kind, id, value }: Put, place: Pick<WriteRow, 'block' | 'txIndex'>): WriteRow {
  const deletion = value === undefined ? { isDelete: true, value: null } : {};
  return putOf(ledgerKey(kind, ...id), value ?? '', { ...place, ...deletion });
}
