import { type Document } from './document-fields';

/** Values of a row's own columns, in the order of `columns`. */
export type ColumnValue = string | number | boolean | null;

/** A table with a row for each of some things that ledger documents say. */
export interface TypedTable {
  readonly table: string;
  /** Columns of the primary key, then the searched columns, with their SQL types. */
  readonly columns: readonly (readonly [name: string, type: 'text' | 'bigint' | 'boolean' | 'numeric'])[];
  /** How many of them form the primary key. */
  readonly keyColumns: number;
}

/** How documents of one kind become rows of one table: pure, so that every replay gives the same rows. */
export interface DocumentTable extends TypedTable {
  /**
   * The row's own values.
   * @param attributes of the composite key
   * @returns null when the key is not one of this kind; the document then stays in `state` only
   */
  row(attributes: readonly string[], document: Document): ColumnValue[] | null;
  /** Ids, other than the object's own, under which the change belongs in a timeline. */
  mentions(document: Document): Subject[];
  /** What the object itself is called in timelines; null when it has no timeline of its own. */
  readonly subject: SubjectType | null;
  /** Place of the column that names it there; the first without it. */
  readonly subjectColumn?: number;
  /** Rows that a document makes beside its own. */
  readonly parts?: PartTable;
}

/**
 * Rows for the parts of a document. Their key begins with the document's own: they are deleted with it. For documents that
 * never change only: parts are added, and none is taken away.
 */
export interface PartTable extends TypedTable {
  rows(attributes: readonly string[], document: Document): PartRow[];
}

export interface PartRow {
  readonly values: readonly ColumnValue[];
  readonly document: Document;
}

export type SubjectType =
  | 'actor'
  | 'artifact'
  | 'license'
  | 'right'
  | 'device'
  | 'key'
  | 'proposal'
  | 'parameters'
  | 'model'
  | 'scheme'
  // Its content hash, which several models may have recorded.
  | 'record'
  | 'settlement'
  | 'withdrawal'
  | 'stream'
  | 'shares'
  // Its serial number.
  | 'certificate'
  // An actor or a share issue: a policy does not say which.
  | 'beneficiary';

/** An id with a timeline. */
export interface Subject {
  readonly type: SubjectType;
  readonly id: string;
}
