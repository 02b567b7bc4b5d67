import { type WriteRow } from '../projection/rows';

/** A composite key as the ledger has it. */
export function ledgerKey(...parts: readonly string[]): string {
  return `\u0000${parts.join('\u0000')}\u0000`;
}

/** A put of the registry's chaincode; a text is taken as the value's bytes. */
export function putOf(key: string, value: unknown, change: Partial<WriteRow> = {}): WriteRow {
  return {
    block: 7,
    txIndex: 2,
    ordinal: 0,
    namespace: 'registry',
    collection: '',
    key: Buffer.from(key),
    isDelete: false,
    isMetadata: false,
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    ...change,
  };
}
