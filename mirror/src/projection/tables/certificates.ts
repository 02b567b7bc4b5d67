import { type Document, integer, part, text } from '../document-fields';
import { type DocumentTable } from '../document-table';
import { type Field, integerField, keyedTable, textField } from '../table-fields';

/** A member of a ledger time that the document carries under `name`. */
function placeField(column: string, name: string, member: 'at' | 'tx_id'): Field {
  const inside = (document: Document): Document => part(document, name);
  return member === 'at'
    ? { column: [column, 'bigint'], read: (document) => integer(inside(document), member) }
    : { column: [column, 'text'], read: (document) => text(inside(document), member) };
}

export const certificateRevocations: DocumentTable = keyedTable({
  table: 'certificate_revocations',
  key: [
    ['msp_id', 'text'],
    ['aki', 'text'],
    ['serial', 'text'],
  ],
  fields: [
    textField('state'),
    textField('reason'),
    placeField('revoked_at', 'revoked', 'at'),
    placeField('revoked_tx_id', 'revoked', 'tx_id'),
    integerField('invalidity_date'),
    integerField('expires_at'),
    textField('ticket'),
    integerField('version'),
    placeField('updated_at', 'updated', 'at'),
    placeField('tx_id', 'updated', 'tx_id'),
  ],
  subject: 'certificate',
  subjectColumn: 2,
});
