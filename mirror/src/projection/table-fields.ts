import { type Document, flag, integer, text } from './document-fields';
import { type ColumnValue, type DocumentTable, type Subject, type SubjectType } from './document-table';

const AMOUNT = /^[0-9]{1,40}$/;
const PADDED = /^[0-9]{1,15}$/;

/** A searched column, and what of the document goes there. */
export interface Field {
  readonly column: DocumentTable['columns'][number];
  readonly read: (document: Document) => ColumnValue;
}

type KeyType = 'text' | 'bigint';

interface KeyedTable extends Pick<DocumentTable, 'table' | 'subject' | 'subjectColumn' | 'parts'> {
  /** Columns of the key, one for each attribute; numbers are padded with zeros there. */
  readonly key: readonly (readonly [name: string, type: KeyType])[];
  readonly fields: readonly Field[];
  readonly mentions?: DocumentTable['mentions'];
}

/** A table whose primary key is the composite key of its documents. */
export function keyedTable({ key, fields, mentions, ...rest }: KeyedTable): DocumentTable {
  return {
    ...rest,
    columns: [...key, ...fields.map(({ column }) => column)],
    keyColumns: key.length,
    row(attributes, document) {
      const names = keyValues(
        key.map(([, type]) => type),
        attributes,
      );
      return names === null ? null : [...names, ...fields.map(({ read }) => read(document))];
    },
    mentions: mentions ?? (() => []),
  };
}

function keyValues(types: readonly KeyType[], attributes: readonly string[]): ColumnValue[] | null {
  if (attributes.length !== types.length) return null;
  const values = attributes.map((attribute, index) => {
    if (types[index] === 'text') return attribute;
    return PADDED.test(attribute) ? Number(attribute) : null;
  });
  return values.includes(null) ? null : values;
}

export function textField(name: string): Field {
  return { column: [name, 'text'], read: (document) => text(document, name) };
}

export function integerField(name: string): Field {
  return { column: [name, 'bigint'], read: (document) => integer(document, name) };
}

/** A member of an object member: `path` is the outer name. */
export function flagField(name: string, inside: (document: Document) => Document): Field {
  return { column: [name, 'boolean'], read: (document) => flag(inside(document), name) };
}

export function amountField(name: string): Field {
  return { column: [name, 'numeric'], read: (document) => amount(text(document, name)) };
}

/** Minor units as PostgreSQL's numeric takes them. */
export function amount(value: string | null): string | null {
  return value !== null && AMOUNT.test(value) ? value : null;
}

/** The members that name something with a timeline. */
export function subjects(document: Document, names: Readonly<Record<string, SubjectType>>): Subject[] {
  return Object.entries(names).flatMap(([name, type]) => {
    const id = text(document, name);
    return id === null ? [] : [{ type, id }];
  });
}

/** The same for lists of ids. */
export function listed(document: Document, name: string, type: SubjectType): Subject[] {
  const value = document[name];
  if (!Array.isArray(value)) return [];
  return value.filter((id) => typeof id === 'string').map((id) => ({ type, id }));
}

/** The one attribute of a key that has no more. */
export function one(attributes: readonly string[]): string | null {
  return attributes.length === 1 ? (attributes[0] ?? null) : null;
}
