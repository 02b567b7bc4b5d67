import { flag, integer, part, text } from '../document-fields';
import { type DocumentTable, type SubjectType } from '../document-table';
import { one, subjects } from '../table-fields';

const PADDED = /^[0-9]{1,15}$/;

const SUBJECT_OF_REVOCATION: Readonly<Record<string, SubjectType>> = {
  key: 'key',
  artifact: 'artifact',
  actor: 'actor',
  right: 'right',
  device: 'device',
};

export const revocations: DocumentTable = {
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

export const revocationHeads: DocumentTable = {
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

export const parameters: DocumentTable = {
  table: 'parameters',
  columns: [['version', 'bigint']],
  keyColumns: 1,
  subject: 'parameters',
  row: (_attributes, document) => [integer(document, 'version')],
  mentions: () => [],
};

export const proposals: DocumentTable = {
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

export const intents: DocumentTable = {
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
