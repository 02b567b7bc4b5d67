import { type Document, part, text } from '../document-fields';
import { type DocumentTable, type Subject } from '../document-table';
import { flagField, integerField, keyedTable, listed, subjects, textField } from '../table-fields';

/** The parent of what derives from nothing. */
const NO_PARENT = '0'.repeat(64);

const flags = (document: Document): Document => part(document, 'flags');

export const models: DocumentTable = keyedTable({
  table: 'models',
  key: [['model_ref', 'text']],
  fields: [
    textField('owner'),
    textField('model_id'),
    textField('model_version'),
    textField('artifact_id'),
    textField('risk_class'),
    flagField('frozen', flags),
    flagField('disabled', flags),
    integerField('version'),
  ],
  subject: 'model',
  mentions: (document) => [
    ...subjects(document, { owner: 'actor', artifact_id: 'artifact' }),
    ...listed(document, 'recorders', 'actor'),
  ],
});

/** Written together with the newest entry, which is in the timelines already. */
export const modelVersions: DocumentTable = keyedTable({
  table: 'model_versions',
  key: [
    ['model_ref', 'text'],
    ['version', 'bigint'],
  ],
  fields: [],
  subject: null,
});

export const schemes: DocumentTable = keyedTable({
  table: 'schemes',
  key: [['scheme_ref', 'text']],
  fields: [
    textField('model_ref'),
    textField('scheme_id'),
    textField('scheme_commitment'),
    textField('status'),
    integerField('version'),
  ],
  subject: 'scheme',
  mentions: (document) => subjects(document, { model_ref: 'model' }),
});

export const schemeVersions: DocumentTable = keyedTable({
  table: 'scheme_versions',
  key: [
    ['scheme_ref', 'text'],
    ['version', 'bigint'],
  ],
  fields: [],
  subject: null,
});

export const records: DocumentTable = keyedTable({
  table: 'records',
  key: [
    ['model_ref', 'text'],
    ['content_hash', 'text'],
  ],
  fields: [
    textField('scheme_ref'),
    textField('parent_hash'),
    textField('parent_model_ref'),
    textField('nonce'),
    textField('recorder'),
    integerField('key_version'),
  ],
  subject: 'record',
  subjectColumn: 1,
  mentions: (document) => [
    ...subjects(document, { model_ref: 'model', scheme_ref: 'scheme', recorder: 'actor' }),
    ...parentOf(document),
  ],
});

function parentOf(document: Document): Subject[] {
  const id = text(document, 'parent_hash');
  return id === null || id === NO_PARENT ? [] : [{ type: 'record', id }];
}

export const contents: DocumentTable = keyedTable({
  table: 'contents',
  key: [['content_hash', 'text']],
  fields: [textField('model_ref')],
  subject: null,
});
