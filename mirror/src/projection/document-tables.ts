import { type Document, flag, integer, part, parts, text } from './document-fields';

/** Values of a row's own columns, in the order of `columns`. */
export type ColumnValue = string | number | boolean | null;

/** How documents of one kind become rows of one table: pure, so that every replay gives the same rows. */
export interface DocumentTable {
  readonly table: string;
  /** Columns of the primary key, then the searched columns, with their SQL types. */
  readonly columns: readonly (readonly [name: string, type: 'text' | 'bigint' | 'boolean' | 'numeric'])[];
  /** How many of them form the primary key. */
  readonly keyColumns: number;
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
}

export type SubjectType =
  'actor' | 'artifact' | 'license' | 'right' | 'device' | 'key' | 'proposal' | 'parameters';

/** An id with a timeline. */
export interface Subject {
  readonly type: SubjectType;
  readonly id: string;
}

const DECIMAL = /^(0|[1-9][0-9]{0,14})$/;
const AMOUNT = /^[0-9]{1,40}$/;
const PADDED = /^[0-9]{1,15}$/;

function subjects(document: Document, names: Readonly<Record<string, SubjectType>>): Subject[] {
  return Object.entries(names).flatMap(([name, type]) => {
    const id = text(document, name);
    return id === null ? [] : [{ type, id }];
  });
}

function one(attributes: readonly string[]): string | null {
  return attributes.length === 1 ? (attributes[0] ?? null) : null;
}

function amount(value: string | null): string | null {
  return value !== null && AMOUNT.test(value) ? value : null;
}

const actors: DocumentTable = {
  table: 'actors',
  columns: [
    ['actor_id', 'text'],
    ['name', 'text'],
    ['status', 'text'],
    ['current_keyid', 'text'],
  ],
  keyColumns: 1,
  subject: 'actor',
  row(attributes, document) {
    const current = parts(document, 'keys').find((key) => text(key, 'status') === 'current') ?? {};
    return [one(attributes), text(document, 'name'), text(document, 'status'), text(current, 'keyid')];
  },
  mentions: () => [],
};

const artifacts: DocumentTable = {
  table: 'artifacts',
  columns: [
    ['artifact_id', 'text'],
    ['kind', 'text'],
    ['maker', 'text'],
    ['name', 'text'],
    ['version', 'text'],
    ['state', 'text'],
    ['risk_class', 'text'],
    ['license_id', 'text'],
    ['root_digest', 'text'],
  ],
  keyColumns: 1,
  subject: 'artifact',
  row: (attributes, document) => [
    one(attributes),
    text(document, 'kind'),
    text(document, 'maker'),
    text(document, 'name'),
    text(document, 'version'),
    text(document, 'state'),
    text(part(document, 'risk'), 'class'),
    text(document, 'license_id'),
    text(document, 'root_digest'),
  ],
  mentions: (document) => [
    ...subjects(document, { maker: 'actor', license_id: 'license' }),
    ...parts(document, 'parents').flatMap((parent) => subjects(parent, { artifact_id: 'artifact' })),
  ],
};

const licenses: DocumentTable = {
  table: 'licenses',
  columns: [
    ['license_id', 'text'],
    ['licensor', 'text'],
    ['name', 'text'],
  ],
  keyColumns: 1,
  subject: 'license',
  row: (attributes, document) => [one(attributes), text(document, 'licensor'), text(document, 'name')],
  mentions: (document) => subjects(document, { licensor: 'actor' }),
};

const rights: DocumentTable = {
  table: 'rights',
  columns: [
    ['right_id', 'text'],
    ['artifact_id', 'text'],
    ['license_id', 'text'],
    ['maker', 'text'],
    ['holder', 'text'],
    ['device_id', 'text'],
    ['purpose', 'text'],
    ['status', 'text'],
    ['version', 'bigint'],
    ['expires_at', 'bigint'],
    ['last_transfer_at', 'bigint'],
  ],
  keyColumns: 1,
  subject: 'right',
  row: (attributes, document) => [
    one(attributes),
    text(document, 'artifact_id'),
    text(document, 'license_id'),
    text(document, 'maker'),
    text(document, 'holder'),
    text(document, 'device_id'),
    text(document, 'purpose'),
    text(document, 'status'),
    integer(document, 'version'),
    integer(document, 'expires_at'),
    integer(document, 'last_transfer_at'),
  ],
  mentions: (document) => [
    ...subjects(document, {
      artifact_id: 'artifact',
      license_id: 'license',
      maker: 'actor',
      holder: 'actor',
      device_id: 'device',
    }),
    ...subjects(part(document, 'bequest'), { beneficiary: 'actor' }),
  ],
};

const contentKeys: DocumentTable = {
  table: 'content_keys',
  columns: [
    ['artifact_id', 'text'],
    ['current', 'bigint'],
  ],
  keyColumns: 1,
  subject: 'key',
  row: (attributes, document) => [one(attributes), integer(document, 'current')],
  mentions: (document) => subjects(document, { artifact_id: 'artifact', maker: 'actor' }),
};

const sales: DocumentTable = {
  table: 'sales',
  columns: [
    ['right_id', 'text'],
    ['version', 'bigint'],
    ['artifact_id', 'text'],
    ['seller', 'text'],
    ['buyer', 'text'],
    ['currency', 'text'],
    ['amount', 'numeric'],
  ],
  keyColumns: 2,
  subject: null,
  row(attributes, document) {
    const [rightId, version] = attributes;
    if (attributes.length !== 2 || rightId === undefined || !DECIMAL.test(version ?? '')) return null;
    const price = part(document, 'price');
    return [
      rightId,
      Number(version),
      text(document, 'artifact_id'),
      text(document, 'seller'),
      text(document, 'buyer'),
      text(price, 'currency'),
      amount(text(price, 'amount')),
    ];
  },
  mentions: (document) => [
    ...subjects(document, { right_id: 'right', artifact_id: 'artifact', seller: 'actor', buyer: 'actor' }),
    ...subjects(part(document, 'royalty'), { payee: 'actor' }),
  ],
};

const SUBJECT_OF_REVOCATION: Readonly<Record<string, SubjectType>> = {
  key: 'key',
  artifact: 'artifact',
  actor: 'actor',
  right: 'right',
  device: 'device',
};

const revocations: DocumentTable = {
  table: 'revocations',
  columns: [
    ['number', 'bigint'],
    ['subject_type', 'text'],
    ['subject_id', 'text'],
    ['key_version', 'bigint'],
    ['kind', 'text'],
    ['reason_code', 'text'],
    ['final', 'boolean'],
    ['lifted', 'boolean'],
    ['releases', 'bigint'],
  ],
  keyColumns: 1,
  subject: null,
  row(attributes, document) {
    const number = one(attributes);
    if (number === null || !PADDED.test(number)) return null;
    return [
      Number(number),
      text(document, 'subject_type'),
      text(document, 'subject_id'),
      integer(document, 'key_version'),
      text(document, 'kind'),
      text(document, 'reason_code'),
      flag(document, 'final'),
      document['lifted'] !== undefined,
      integer(document, 'releases'),
    ];
  },
  mentions(document) {
    const type = SUBJECT_OF_REVOCATION[text(document, 'subject_type') ?? ''];
    const id = text(document, 'subject_id');
    const about = type === undefined || id === null ? [] : [{ type, id }];
    return [...about, ...subjects(part(document, 'by'), { actor: 'actor' })];
  },
};

const revocationHeads: DocumentTable = {
  table: 'revocation_heads',
  columns: [
    ['id', 'text'],
    ['number', 'bigint'],
    ['hash', 'text'],
  ],
  keyColumns: 1,
  subject: null,
  row: (attributes, document) => [attributes.join('~'), integer(document, 'number'), text(document, 'hash')],
  mentions: () => [],
};

const parameters: DocumentTable = {
  table: 'parameters',
  columns: [['version', 'bigint']],
  keyColumns: 1,
  subject: 'parameters',
  row: (_attributes, document) => [integer(document, 'version')],
  mentions: () => [],
};

const proposals: DocumentTable = {
  table: 'proposals',
  columns: [
    ['proposal_id', 'text'],
    ['status', 'text'],
  ],
  keyColumns: 1,
  subject: 'proposal',
  row: (attributes, document) => [one(attributes), text(document, 'status')],
  mentions: () => [],
};

const intents: DocumentTable = {
  table: 'intents',
  columns: [
    ['actor', 'text'],
    ['nonce', 'text'],
    ['intent_id', 'text'],
  ],
  keyColumns: 2,
  subject: null,
  row(attributes, document) {
    const [actor, nonce] = attributes;
    if (attributes.length !== 2 || actor === undefined || nonce === undefined) return null;
    return [actor, nonce, text(document, 'intent_id')];
  },
  mentions: () => [],
};

/** By the type of the composite key. */
const BY_TYPE: Readonly<Record<string, DocumentTable>> = {
  actor: actors,
  artifact: artifacts,
  license: licenses,
  right: rights,
  key: contentKeys,
  sale: sales,
  revocation: revocations,
  'revocation-head': revocationHeads,
  parameters,
  proposal: proposals,
  intent: intents,
};

/** Every typed table, in a fixed order. */
export const DOCUMENT_TABLES: readonly DocumentTable[] = Object.values(BY_TYPE);

/** The table for a kind of ledger key; null for kinds this mirror has no table for. */
export function documentTable(type: string): DocumentTable | null {
  return Object.hasOwn(BY_TYPE, type) ? (BY_TYPE[type] ?? null) : null;
}
