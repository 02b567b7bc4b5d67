import { MAX_NAME_CHARACTERS, MAX_SUBJECTS } from '../limits';
import { parseCompositeKey } from './composite-key';
import { type Document, isDocument } from './document-fields';
import { type ColumnValue, type DocumentTable, type Subject } from './document-table';
import { documentTable } from './document-tables';
import { type DocumentRow, type SubjectRow, type WriteRow } from './rows';
import { safeJson, safeText } from './safe-text';

/** What the writes of one transaction mean. */
export interface ProjectedDocuments {
  readonly documents: readonly DocumentRow[];
  readonly subjects: readonly SubjectRow[];
}

const UTF8 = new TextDecoder('utf-8');

function parseDocument(value: Uint8Array): Document | null {
  try {
    const parsed: unknown = JSON.parse(UTF8.decode(value));
    return isDocument(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function safeColumn(value: ColumnValue): ColumnValue {
  return typeof value === 'string' ? safeText(value, MAX_NAME_CHARACTERS) : value;
}

function keyIsWhole(table: DocumentTable, values: readonly ColumnValue[]): boolean {
  return values.slice(0, table.keyColumns).every((value) => value !== null);
}

interface Change {
  readonly table: DocumentTable;
  readonly attributes: readonly string[];
  readonly document: Document;
  readonly write: WriteRow;
}

function changeOf(write: WriteRow): Change | null {
  if (write.isMetadata || write.collection !== '') return null;
  const key = parseCompositeKey(UTF8.decode(write.key));
  const table = key === null ? null : documentTable(key.type);
  if (key === null || table === null) return null;
  const document = write.isDelete ? {} : parseDocument(write.value ?? new Uint8Array(0));
  return document === null ? null : { table, attributes: key.attributes, document, write };
}

function rowOf({ table, attributes, document, write }: Change): DocumentRow | null {
  const values = table.row(attributes, document)?.map(safeColumn) ?? null;
  if (values === null || !keyIsWhole(table, values)) return null;
  const doc = write.isDelete ? null : JSON.stringify(safeJson(document));
  return { table, values, doc, block: write.block, txIndex: write.txIndex };
}

/** Rows of the document's parts; a deletion names them by the object's own key alone. */
function partsOf(
  { table, attributes, document }: Change,
  { values, doc, block, txIndex }: DocumentRow,
): DocumentRow[] {
  const { parts } = table;
  if (parts === undefined) return [];
  const place = { table: parts, block, txIndex };
  if (doc === null) return [{ ...place, values: values.slice(0, table.keyColumns), doc }];
  return parts.rows(attributes, document).map((part) => ({
    ...place,
    values: part.values.map(safeColumn),
    doc: JSON.stringify(safeJson(part.document)),
  }));
}

function subjectsOf({ table, document, write }: Change, row: DocumentRow): SubjectRow[] {
  const place = { block: write.block, txIndex: write.txIndex };
  const asRow = ({ type, id }: Subject, relation: SubjectRow['relation']): SubjectRow => ({
    subjectId: safeText(id, MAX_NAME_CHARACTERS),
    subjectType: type,
    relation,
    ...place,
  });
  const id = String(row.values[table.subjectColumn ?? 0]);
  const own = table.subject === null ? [] : [asRow({ type: table.subject, id }, 'object')];
  return [...own, ...table.mentions(document).map((subject) => asRow(subject, 'mention'))];
}

/** Each subject once; what was written itself outweighs being mentioned, and stays where there are too many. */
function distinct(rows: readonly SubjectRow[]): SubjectRow[] {
  const found = new Map<string, SubjectRow>();
  for (const row of rows) {
    const key = `${row.subjectType} ${row.subjectId}`;
    if (found.get(key)?.relation !== 'object') found.set(key, row);
  }
  const all = [...found.values()];
  if (all.length <= MAX_SUBJECTS) return all;
  const isObject = ({ relation }: SubjectRow): boolean => relation === 'object';
  return [...all.filter(isObject), ...all.filter((row) => !isObject(row))].slice(0, MAX_SUBJECTS);
}

/**
 * The typed rows and timeline entries of one transaction's writes. Pure: equal writes give equal rows.
 *
 * @param writes of one valid transaction, in order
 * @param namespace the registry's chaincode; keys of other chaincodes mean nothing here
 */
export function projectDocuments(writes: readonly WriteRow[], namespace: string): ProjectedDocuments {
  const documents: DocumentRow[] = [];
  const subjects: SubjectRow[] = [];
  for (const write of writes) {
    const change = write.namespace === namespace ? changeOf(write) : null;
    const row = change === null ? null : rowOf(change);
    if (change === null || row === null) continue;
    documents.push(row, ...partsOf(change, row));
    subjects.push(...subjectsOf(change, row));
  }
  return { documents, subjects: distinct(subjects) };
}
