import { RegistryError } from '@maker-registry/protocol';
import { toMinorUnits } from './amounts';
import { assertDate } from './dates';
import { MAX_ID_LENGTH, MAX_NOTIFICATION_BYTES, MAX_NOTIFICATION_ENTRIES } from './limits';
import { refuse } from './refuse';
import { childrenNamed, find, need, textAt } from './xml-query';
import { readXml, type XmlElement } from './xml-reader';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.054.001.08';
/** Characters of a decimal with 18 digits and its point. */
const MAX_DECIMAL_LENGTH = 19;
/** Characters of an ISODateTime with fractions and an offset. */
const MAX_DATE_TIME_LENGTH = 40;
const DATE_LENGTH = 'YYYY-MM-DD'.length;
/** The reason of a return that gives none. */
const NO_REASON = 'not given';

/** One movement of money on the account, as far as payouts need it: no names and no accounts of others. */
export interface NotificationEntry {
  /**
   * What a second reading recognizes the entry by: the account servicer's reference, of the transaction or else of its
   * entry, or else the place in the notification. A further one within one entry has `#2`, `#3`, … behind it.
   */
  readonly reference: string;
  /** The bank's own reference, as given. */
  readonly servicerReference?: string;
  readonly endToEndId?: string;
  readonly direction: 'credit' | 'debit';
  /** Minor units, a decimal string. */
  readonly amount: string;
  readonly currency: string;
  /** `BOOK`: money moved. Others are announcements. */
  readonly status: string;
  /** YYYY-MM-DD. */
  readonly bookingDate?: string;
  /** Whether the entry takes back an earlier one. */
  readonly reversal: boolean;
  /** There only for returned payments: a code of ISO 20022 (AC04: account closed), the bank's own words, or `not given`. */
  readonly returnReason?: string;
}

/** A bank's notification. */
export interface Notification {
  readonly messageId: string;
  readonly entries: readonly NotificationEntry[];
}

/**
 * Reads a debit/credit notification, ISO 20022 camt.054.001.08: every transaction of every entry; an entry without
 * transactions counts as one. What is not needed is not looked at, and does not leave this function.
 *
 * @throws RegistryError TOO_LARGE beyond a limit, AMOUNT_INVALID for an amount or currency, SCHEMA_VIOLATION for the
 *   rest; nothing of a text is read when something in it cannot be.
 */
export function readNotification(xml: string): Notification {
  if (Buffer.byteLength(xml, 'utf8') > MAX_NOTIFICATION_BYTES) {
    throw new RegistryError(
      'TOO_LARGE',
      `A notification has at most ${MAX_NOTIFICATION_BYTES} bytes; ask the bank for smaller files.`,
    );
  }
  const message = need(openDocument(xml), 'BkToCstmrDbtCdtNtfctn');
  const entries = childrenNamed(message, 'Ntfctn').flatMap(readAccount);
  if (entries.length > MAX_NOTIFICATION_ENTRIES) {
    throw new RegistryError('TOO_LARGE', `A notification has at most ${MAX_NOTIFICATION_ENTRIES} entries.`);
  }
  return { messageId: requiredText(message, ['GrpHdr', 'MsgId']), entries };
}

function openDocument(xml: string): XmlElement {
  const root = readXml(xml);
  if (root.name === 'Document' && root.namespace === NAMESPACE) return root;
  return refuse('The file is not a camt.054.001.08 notification; ask the bank for that version.', 'Document');
}

function readAccount(notification: XmlElement): readonly NotificationEntry[] {
  const id = requiredText(notification, ['Id']);
  return childrenNamed(notification, 'Ntry').flatMap((entry, index) =>
    readEntry(entry, `${id}/${index + 1}`),
  );
}

function readEntry(entry: XmlElement, place: string): readonly NotificationEntry[] {
  const details = childrenNamed(entry, 'NtryDtls').flatMap((group) => childrenNamed(group, 'TxDtls'));
  const seen = new Map<string, number>();
  return (details.length === 0 ? [undefined] : details).map((transaction) => {
    const servicerReference = servicerReferenceOf(entry, transaction);
    const base = servicerReference ?? place;
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return {
      reference: count === 1 ? base : `${base}#${count}`,
      ...optional('servicerReference', servicerReference),
      ...optional('endToEndId', endToEndIdOf(transaction)),
      direction: directionOf(entry, transaction),
      ...amountOf(entry, transaction, details.length),
      status: textOf(entry, ['Sts', 'Cd']) ?? requiredText(entry, ['Sts', 'Prtry']),
      ...optional('bookingDate', bookingDateOf(entry)),
      reversal: reversalOf(entry),
      ...optional('returnReason', returnReasonOf(transaction)),
    };
  });
}

function servicerReferenceOf(entry: XmlElement, transaction: XmlElement | undefined): string | undefined {
  const own = transaction === undefined ? undefined : textOf(transaction, ['Refs', 'AcctSvcrRef']);
  return own ?? textOf(entry, ['AcctSvcrRef']);
}

function endToEndIdOf(transaction: XmlElement | undefined): string | undefined {
  return transaction === undefined ? undefined : textOf(transaction, ['Refs', 'EndToEndId']);
}

function directionOf(entry: XmlElement, transaction: XmlElement | undefined): 'credit' | 'debit' {
  const own = transaction === undefined ? undefined : textOf(transaction, ['CdtDbtInd']);
  const indicator = own ?? requiredText(entry, ['CdtDbtInd']);
  if (indicator === 'DBIT') return 'debit';
  if (indicator === 'CRDT') return 'credit';
  return refuse('A CdtDbtInd is neither CRDT nor DBIT.', 'CdtDbtInd');
}

/** A transaction's own amount; the entry's only where it has one transaction, since it is the sum of all of them. */
function amountOf(
  entry: XmlElement,
  transaction: XmlElement | undefined,
  transactions: number,
): { readonly amount: string; readonly currency: string } {
  const own =
    transaction === undefined
      ? undefined
      : (find(transaction, 'Amt') ?? find(transaction, 'AmtDtls', 'TxAmt', 'Amt'));
  if (own !== undefined) return money(own);
  if (transactions <= 1) return money(need(entry, 'Amt'));
  return refuse('One of several transactions of an entry has no amount.', 'TxDtls/Amt');
}

function money(element: XmlElement): { readonly amount: string; readonly currency: string } {
  const currency = element.attributes.get('Ccy') ?? '';
  if (element.text.length > MAX_DECIMAL_LENGTH) {
    throw new RegistryError('AMOUNT_INVALID', 'An amount has more digits than ISO 20022 permits.');
  }
  return { amount: toMinorUnits(element.text, currency), currency };
}

function bookingDateOf(entry: XmlElement): string | undefined {
  const date = textOf(entry, ['BookgDt', 'Dt']) ?? textAt(entry, ['BookgDt', 'DtTm'], MAX_DATE_TIME_LENGTH);
  // A time follows in DtTm; some banks put an offset behind Dt, which XML Schema permits.
  const day = date?.slice(0, DATE_LENGTH);
  if (day !== undefined) assertDate(day, 'BookgDt');
  return day;
}

function reversalOf(entry: XmlElement): boolean {
  const text = textOf(entry, ['RvslInd']) ?? 'false';
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  return refuse('A RvslInd is neither true nor false.', 'RvslInd');
}

function returnReasonOf(transaction: XmlElement | undefined): string | undefined {
  const information = transaction === undefined ? undefined : find(transaction, 'RtrInf');
  if (information === undefined) return undefined;
  return textOf(information, ['Rsn', 'Cd']) ?? textOf(information, ['Rsn', 'Prtry']) ?? NO_REASON;
}

function textOf(parent: XmlElement, path: readonly string[]): string | undefined {
  return textAt(parent, path, MAX_ID_LENGTH);
}

function requiredText(parent: XmlElement, path: readonly string[]): string {
  need(parent, ...path);
  return textOf(parent, path) ?? '';
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}
