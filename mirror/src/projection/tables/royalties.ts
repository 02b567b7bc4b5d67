import { part, parts } from '../document-fields';
import { type DocumentTable } from '../document-table';
import { amountField, integerField, keyedTable, listed, subjects, textField } from '../table-fields';
import { settlementCredits } from './settlement-credits';

const RECORD_KEY = [
  ['model_ref', 'text'],
  ['content_hash', 'text'],
] as const;

const ABOUT_RECORD = { model_ref: 'model', content_hash: 'record' } as const;

export const policies: DocumentTable = keyedTable({
  table: 'policies',
  key: RECORD_KEY,
  fields: [
    textField('rights_owner'),
    integerField('version'),
    textField('status'),
    { column: ['disputed', 'boolean'], read: (document) => document['dispute'] !== undefined },
  ],
  subject: null,
  mentions: (document) => [
    ...subjects(document, { ...ABOUT_RECORD, rights_owner: 'actor' }),
    ...listed(part(document, 'royalty_terms'), 'beneficiaries', 'beneficiary'),
  ],
});

/** Written together with the policy, which is in the timelines already. */
export const policyVersions: DocumentTable = keyedTable({
  table: 'policy_versions',
  key: [...RECORD_KEY, ['version', 'bigint']],
  fields: [textField('rights_owner'), textField('policy_commitment')],
  subject: null,
});

export const settlements: DocumentTable = keyedTable({
  table: 'settlements',
  key: [['settlement_id', 'text']],
  fields: [
    textField('payer'),
    textField('settlement_ref'),
    textField('model_ref'),
    textField('content_hash'),
    textField('currency'),
    amountField('amount'),
    textField('stream_id'),
    // How large the document is: pages are bounded by it.
    { column: ['lines', 'bigint'], read: lineCount },
  ],
  subject: 'settlement',
  mentions: (document) => [
    ...subjects(document, { ...ABOUT_RECORD, payer: 'actor', stream_id: 'stream' }),
    ...parts(document, 'layers').flatMap((layer) => subjects(layer, { content_hash: 'record' })),
    ...listed(document, 'beneficiaries', 'beneficiary'),
  ],
  parts: settlementCredits,
});

function lineCount(document: Parameters<DocumentTable['mentions']>[0]): number {
  const counts = parts(document, 'layers').map(({ payees }) => (Array.isArray(payees) ? payees.length : 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

export const suspense: DocumentTable = keyedTable({
  table: 'suspense',
  key: [
    ['settlement_id', 'text'],
    ['layer', 'bigint'],
    ['reason', 'text'],
  ],
  fields: [
    textField('status'),
    textField('model_ref'),
    textField('content_hash'),
    textField('currency'),
    amountField('amount'),
    integerField('release_at'),
  ],
  subject: null,
  mentions: (document) => [
    ...subjects(document, { settlement_id: 'settlement', ...ABOUT_RECORD }),
    ...parts(document, 'parts').flatMap((line) => subjects(line, { beneficiary: 'beneficiary' })),
  ],
});

const SOURCE_KEY = [
  ['beneficiary', 'text'],
  ['currency', 'text'],
  ['source', 'text'],
] as const;

export const credits: DocumentTable = keyedTable({
  table: 'credits',
  key: SOURCE_KEY,
  fields: [textField('source_type'), amountField('amount'), textField('settlement_id')],
  subject: null,
  mentions: (document) => subjects(document, { beneficiary: 'beneficiary', settlement_id: 'settlement' }),
});

export const collected: DocumentTable = keyedTable({
  table: 'collected',
  key: SOURCE_KEY,
  fields: [amountField('amount'), textField('intent_id')],
  subject: null,
});
