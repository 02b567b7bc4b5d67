import { type ColumnValue, type SubjectType, type TypedTable } from './document-table';

/** A row of `blocks`. Digests in hex. */
export interface BlockRow {
  readonly number: number;
  readonly headerHash: string;
  readonly previousHash: string;
  readonly dataHash: string;
  readonly commitHash: string | null;
  readonly txCount: number;
  readonly validCount: number;
  readonly lastConfig: number;
  /** Unix seconds; the latest time any of its transactions claims. */
  readonly ledgerTime: number | null;
}

/** A row of `transactions`. */
export interface TransactionRow {
  readonly block: number;
  readonly txIndex: number;
  readonly txId: string;
  readonly type: string;
  readonly validationCode: string;
  readonly creatorMsp: string | null;
  readonly creatorSubject: string | null;
  readonly creatorRole: string | null;
  readonly chaincode: string | null;
  readonly function: string | null;
  readonly argument: string | null;
  readonly intentId: string | null;
  readonly intentType: string | null;
  readonly actor: string | null;
  readonly endorsers: readonly string[];
  readonly ledgerTime: number | null;
}

/** A row of `writes`. */
export interface WriteRow {
  readonly block: number;
  readonly txIndex: number;
  readonly ordinal: number;
  readonly namespace: string;
  readonly collection: string;
  readonly key: Uint8Array;
  readonly isDelete: boolean;
  readonly isMetadata: boolean;
  readonly value: Uint8Array | null;
}

/** A row of `state`; a null value deletes it. */
export interface StateRow {
  readonly namespace: string;
  readonly collection: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
  readonly block: number;
  readonly txIndex: number;
}

/** A row of `subjects`. */
export interface SubjectRow {
  readonly subjectId: string;
  readonly block: number;
  readonly txIndex: number;
  readonly subjectType: SubjectType;
  readonly relation: 'object' | 'mention';
}

/**
 * A row of a typed table; `doc` is JSON text, null when the ledger deleted the object. The values of a deletion may end
 * after the first columns of the key: it deletes all rows that begin so.
 */
export interface DocumentRow {
  readonly table: TypedTable;
  readonly values: readonly ColumnValue[];
  readonly doc: string | null;
  readonly block: number;
  readonly txIndex: number;
}

/** A row of `channel_configs`. */
export interface ConfigRow {
  readonly block: number;
  readonly sequence: number;
  readonly consenters: string;
  readonly quorum: number;
  readonly mspIds: readonly string[];
  readonly config: Uint8Array;
}

/** Everything one block adds to the tables. */
export interface BlockRows {
  readonly block: BlockRow;
  readonly transactions: readonly TransactionRow[];
  readonly writes: readonly WriteRow[];
  readonly state: readonly StateRow[];
  readonly subjects: readonly SubjectRow[];
  readonly documents: readonly DocumentRow[];
  readonly config: ConfigRow | null;
}
