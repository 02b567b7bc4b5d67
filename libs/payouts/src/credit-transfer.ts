import { controlSum, toMajorUnits } from './amounts';
import { type Debtor, type Payment, type PayoutBatch } from './batch';
import { assertBatch } from './check-batch';
import { EURO } from './currencies';
import { isoDateTime } from './dates';
import { endToEndId } from './end-to-end-id';
import { element, writeXml, type XmlNode } from './xml-writer';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';

/**
 * A customer credit transfer initiation, ISO 20022 pain.001.001.09, with one payment information block for each
 * currency in the order of their codes. Equal batches give equal texts. The text holds names and accounts: it goes to the
 * bank and nowhere else. Throws what assertBatch throws.
 */
export function writeCreditTransfer(batch: PayoutBatch): string {
  assertBatch(batch);
  const blocks = [...byCurrency(batch.payments)].map(([currency, payments]) =>
    paymentInformation(batch, currency, payments),
  );
  return writeXml(
    element('Document', [element('CstmrCdtTrfInitn', [groupHeader(batch), ...blocks])], { xmlns: NAMESPACE }),
  );
}

function byCurrency(payments: readonly Payment[]): ReadonlyMap<string, readonly Payment[]> {
  const currencies = [...new Set(payments.map(({ withdrawal }) => withdrawal.currency))].sort();
  return new Map(
    currencies.map((currency) => [
      currency,
      payments.filter(({ withdrawal }) => withdrawal.currency === currency),
    ]),
  );
}

function groupHeader(batch: PayoutBatch): XmlNode {
  return element('GrpHdr', [
    element('MsgId', batch.messageId),
    element('CreDtTm', isoDateTime(batch.createdAt, '/createdAt')),
    ...totals(batch.payments),
    element('InitgPty', [element('Nm', batch.debtor.name)]),
  ]);
}

function totals(payments: readonly Payment[]): XmlNode[] {
  return [
    element('NbOfTxs', String(payments.length)),
    element('CtrlSum', controlSum(payments.map(({ withdrawal }) => withdrawal))),
  ];
}

/** `BtchBookg` false: an account shows each payment alone. A batch booked as one may come back without its details. */
function paymentInformation(batch: PayoutBatch, currency: string, payments: readonly Payment[]): XmlNode {
  return element('PmtInf', [
    element('PmtInfId', `${batch.messageId}-${currency}`),
    element('PmtMtd', 'TRF'),
    element('BtchBookg', 'false'),
    ...totals(payments),
    ...(currency === EURO ? [sepaServiceLevel()] : []),
    element('ReqdExctnDt', [element('Dt', batch.requestedOn)]),
    ...debtorParty(batch.debtor),
    element('ChrgBr', 'SLEV'),
    ...payments.map(transaction),
  ]);
}

function sepaServiceLevel(): XmlNode {
  return element('PmtTpInf', [element('SvcLvl', [element('Cd', 'SEPA')])]);
}

function debtorParty(debtor: Debtor): XmlNode[] {
  return [
    element('Dbtr', [element('Nm', debtor.name)]),
    account('DbtrAcct', debtor.iban),
    agent('DbtrAgt', debtor.bic),
  ];
}

function transaction({ withdrawal, instruction }: Payment): XmlNode {
  const id = endToEndId(withdrawal.withdrawal_id);
  const amount = toMajorUnits(withdrawal.amount, withdrawal.currency);
  return element('CdtTrfTxInf', [
    element('PmtId', [element('InstrId', id), element('EndToEndId', id)]),
    element('Amt', [element('InstdAmt', amount, { Ccy: withdrawal.currency })]),
    ...(instruction.bic === undefined ? [] : [agent('CdtrAgt', instruction.bic)]),
    creditor({ withdrawal, instruction }),
    account('CdtrAcct', instruction.iban),
    element('RmtInf', [element('Ustrd', `Maker Registry withdrawal ${withdrawal.withdrawal_id}`)]),
  ]);
}

/** SEPA's guidelines (EPC132-08) have no place for the country of residence; elsewhere banks ask for it. */
function creditor({ withdrawal, instruction }: Payment): XmlNode {
  const country = withdrawal.currency === EURO ? undefined : instruction.country;
  return element('Cdtr', [
    element('Nm', instruction.name),
    ...(country === undefined ? [] : [element('CtryOfRes', country)]),
  ]);
}

function account(name: string, iban: string): XmlNode {
  return element(name, [element('Id', [element('IBAN', iban)])]);
}

function agent(name: string, bic: string): XmlNode {
  return element(name, [element('FinInstnId', [element('BICFI', bic)])]);
}
