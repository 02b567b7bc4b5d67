import { type DocumentTable } from '../document-table';
import { amountField, integerField, keyedTable, subjects, textField } from '../table-fields';

export const vaults: DocumentTable = keyedTable({
  table: 'vaults',
  key: [
    ['beneficiary', 'text'],
    ['currency', 'text'],
  ],
  fields: [amountField('balance'), amountField('collected'), amountField('withdrawn')],
  subject: null,
  mentions: (document) => subjects(document, { beneficiary: 'beneficiary' }),
});

export const withdrawals: DocumentTable = keyedTable({
  table: 'withdrawals',
  key: [['withdrawal_id', 'text']],
  fields: [textField('beneficiary'), textField('currency'), amountField('amount'), textField('status')],
  subject: 'withdrawal',
  mentions: (document) => subjects(document, { beneficiary: 'beneficiary' }),
});

export const streams: DocumentTable = keyedTable({
  table: 'streams',
  key: [['stream_id', 'text']],
  fields: [
    textField('payer'),
    textField('stream_ref'),
    textField('model_ref'),
    textField('content_hash'),
    textField('currency'),
    textField('status'),
    integerField('next_window'),
  ],
  subject: 'stream',
  mentions: (document) => subjects(document, { payer: 'actor', model_ref: 'model', content_hash: 'record' }),
});

/** Written together with its stream, which is in the timelines already. */
export const streamWindows: DocumentTable = keyedTable({
  table: 'stream_windows',
  key: [
    ['stream_id', 'text'],
    ['number', 'bigint'],
  ],
  fields: [amountField('amount'), amountField('cumulative'), textField('settlement_id')],
  subject: null,
});

export const shares: DocumentTable = keyedTable({
  table: 'shares',
  key: [['shares_id', 'text']],
  fields: [textField('issuer'), textField('name'), amountField('supply')],
  subject: 'shares',
  mentions: (document) => subjects(document, { issuer: 'actor' }),
});

export const holdings: DocumentTable = keyedTable({
  table: 'holdings',
  key: [
    ['shares_id', 'text'],
    ['holder', 'text'],
  ],
  fields: [amountField('units')],
  subject: null,
  mentions: (document) => subjects(document, { shares_id: 'shares', holder: 'actor' }),
});
