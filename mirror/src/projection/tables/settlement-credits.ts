import { creditOf, SAFETY_FUND, type Settlement } from '@maker-registry/protocol';
import { type Document, isDocument, parts, text } from '../document-fields';
import { type PartRow, type PartTable } from '../document-table';
import { amount, one } from '../table-fields';

/**
 * What each settlement owes each beneficiary it names, so that a statement and its sums need no settlement's document,
 * which may have hundreds of kilobytes. The row's document is the statement's entry.
 */
export const settlementCredits: PartTable = {
  table: 'settlement_credits',
  columns: [
    ['settlement_id', 'text'],
    ['beneficiary', 'text'],
    ['currency', 'text'],
    ['amount', 'numeric'],
  ],
  keyColumns: 2,
  rows(attributes, document) {
    const settlementId = one(attributes);
    if (settlementId === null || !isSettlement(document)) return [];
    const named = [...new Set(document.beneficiaries), SAFETY_FUND];
    return named.flatMap((beneficiary) => creditRow(settlementId, document, beneficiary));
  },
};

function creditRow(settlementId: string, settlement: Settlement, beneficiary: string): PartRow[] {
  const credit = creditOf(settlement, beneficiary);
  const owed = amount(String(credit.amount));
  // What could be owed by a document that contradicts itself is nobody's to collect.
  if (owed === null) return [];
  const { currency, settlement_ref, payer, settled } = settlement;
  const document = {
    source: settlementId,
    source_type: 'settlement',
    amount: owed,
    lines: credit.lines,
    settlement_id: settlementId,
    settlement_ref,
    payer,
    credited: settled,
  };
  return [{ values: [settlementId, beneficiary, currency, owed], document }];
}

/** Whether what the credits are computed from is there; only the ledger vouches for its documents. */
function isSettlement(document: Document): document is Document & Settlement {
  const { beneficiaries, layers, fee } = document;
  return (
    text(document, 'currency') !== null &&
    isDocument(fee) &&
    isAmount(fee['amount']) &&
    isListOf(beneficiaries, isText) &&
    Array.isArray(layers) &&
    parts(document, 'layers').length === layers.length &&
    parts(document, 'layers').every(isLayer)
  );
}

function isLayer({ payees, amounts, held }: Document): boolean {
  return (
    isListOf(payees, Number.isSafeInteger) &&
    isListOf(amounts, isAmount) &&
    (held === undefined || isListOf(held, isAmount))
  );
}

function isListOf(value: unknown, holds: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isAmount(value: unknown): boolean {
  return typeof value === 'string' && amount(value) !== null;
}
