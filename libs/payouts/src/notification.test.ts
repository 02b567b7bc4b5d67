import { readNotification } from './notification';
import { codeOf } from './test-support/expect-code';
import { hexId } from './test-support/scene';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.054.001.08';
const ID = hexId(1, 32);

interface Parts {
  readonly amount?: string;
  readonly direction?: string;
  readonly status?: string;
  readonly extra?: string;
  readonly details?: string;
}

function ntry(parts: Parts = {}): string {
  return (
    `<Ntry><Amt Ccy="EUR">${parts.amount ?? '1234.56'}</Amt><CdtDbtInd>${parts.direction ?? 'DBIT'}</CdtDbtInd>` +
    `<Sts><Cd>${parts.status ?? 'BOOK'}</Cd></Sts>${parts.extra ?? '<AcctSvcrRef>B1</AcctSvcrRef>'}` +
    `<NtryDtls>${parts.details ?? transaction()}</NtryDtls></Ntry>`
  );
}

function transaction(inner = '', references = `<EndToEndId>${ID}</EndToEndId>`): string {
  return `<TxDtls><Refs>${references}</Refs>${inner}</TxDtls>`;
}

function message(...entries: readonly string[]): string {
  return (
    `<Document xmlns="${NAMESPACE}"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M1</MsgId></GrpHdr>` +
    `<Ntfctn><Id>N1</Id>${entries.join('')}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`
  );
}

const only = (xml: string): unknown => {
  const { entries } = readNotification(xml);
  expect(entries).toHaveLength(1);
  return entries[0];
};

describe('a notification', () => {
  it('gives a booked debit', () => {
    const extra = '<BookgDt><Dt>2026-03-03</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef>';
    expect(readNotification(message(ntry({ extra })))).toEqual({
      messageId: 'M1',
      entries: [
        {
          reference: 'B1',
          servicerReference: 'B1',
          endToEndId: ID,
          direction: 'debit',
          amount: '123456',
          currency: 'EUR',
          status: 'BOOK',
          bookingDate: '2026-03-03',
          reversal: false,
        },
      ],
    });
  });

  it('is read with and without prefixes, and ignores elements of other namespaces', () => {
    const plain = message(ntry());
    const prefixed = plain
      .replaceAll(/<(\/?)([A-Z])/g, '<$1ns2:$2')
      .replace('xmlns=', 'xmlns:ns2=')
      .replace('</ns2:Ntry>', '<x:Amt xmlns:x="urn:other">9</x:Amt></ns2:Ntry>');
    expect(readNotification(prefixed)).toEqual(readNotification(plain));
  });

  it('gives every transaction of a batch with its own amount', () => {
    const details =
      transaction('<Amt Ccy="EUR">1.00</Amt>', '<AcctSvcrRef>T1</AcctSvcrRef>') +
      transaction('<AmtDtls><TxAmt><Amt Ccy="EUR">2.00</Amt></TxAmt></AmtDtls>') +
      transaction('<Amt Ccy="EUR">3.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>');
    const { entries } = readNotification(message(ntry({ amount: '6.00', details })));
    expect(entries.map(({ reference, amount, direction }) => [reference, amount, direction])).toEqual([
      ['T1', '100', 'debit'],
      ['B1', '200', 'debit'],
      ['B1#2', '300', 'credit'],
    ]);
  });

  it('gives the entries of several accounts, groups of details, and entries without details', () => {
    const xml = message(ntry({ details: '' }), ntry({ extra: '' })).replace(
      '</Ntfctn></',
      `</Ntfctn><Ntfctn><Id>N2</Id>${ntry({ extra: '', details: `${transaction('<Amt Ccy="EUR">1</Amt>')}</NtryDtls><NtryDtls>${transaction('<Amt Ccy="EUR">2</Amt>')}` })}</Ntfctn></`,
    );
    const { entries } = readNotification(xml);
    expect(entries.map(({ reference, endToEndId }) => [reference, endToEndId])).toEqual([
      ['B1', undefined],
      ['N1/2', ID],
      ['N2/1', ID],
      ['N2/1#2', ID],
    ]);
  });

  it.each([
    ['<Rsn><Cd>AC04</Cd></Rsn>', 'AC04'],
    ['<Rsn><Prtry>closed</Prtry></Rsn>', 'closed'],
    ['', 'not given'],
  ])('gives the reason of a return %s', (reason, expected) => {
    const details = transaction(`<RtrInf>${reason}</RtrInf>`);
    expect(only(message(ntry({ direction: 'CRDT', details })))).toMatchObject({
      direction: 'credit',
      returnReason: expected,
    });
  });

  it('gives status, reversal and the day of a booking time', () => {
    const extra = '<RvslInd>true</RvslInd><BookgDt><DtTm>2026-03-03T10:00:00.5+01:00</DtTm></BookgDt>';
    expect(only(message(ntry({ status: 'PDNG', extra })))).toMatchObject({
      status: 'PDNG',
      reversal: true,
      bookingDate: '2026-03-03',
    });
    const proprietary = message(ntry()).replace('<Cd>BOOK</Cd>', '<Prtry>SOON</Prtry>');
    expect(only(proprietary)).toMatchObject({ status: 'SOON' });
  });

  it('may have no entries', () => {
    expect(readNotification(message())).toEqual({ messageId: 'M1', entries: [] });
  });

  it.each([
    ['another version', message().replace('001.08', '001.02')],
    ['another message', message().replaceAll('BkToCstmrDbtCdtNtfctn', 'BkToCstmrStmt')],
    ['no namespace', message().replace(` xmlns="${NAMESPACE}"`, '')],
    ['a payment file', message().replace('camt.054.001.08', 'pain.001.001.09')],
    ['a document type', `<!DOCTYPE Document>${message()}`],
    ['an entity', message(ntry({ details: transaction('', '<EndToEndId>&x;</EndToEndId>') }))],
    ['no message id', message().replace('<MsgId>M1</MsgId>', '')],
    ['an empty message id', message().replace('M1', '')],
    ['no notification id', message().replace('<Id>N1</Id>', '')],
    ['no direction', message(ntry()).replace('<CdtDbtInd>DBIT</CdtDbtInd>', '')],
    ['a strange direction', message(ntry({ direction: 'OUT' }))],
    ['no status', message(ntry()).replace('<Sts><Cd>BOOK</Cd></Sts>', '')],
    ['no amount', message(ntry()).replace('<Amt Ccy="EUR">1234.56</Amt>', '')],
    ['two amounts', message(ntry()).replace('<Ntry>', '<Ntry><Amt Ccy="EUR">1</Amt>')],
    ['a batch without amounts', message(ntry({ details: transaction() + transaction() }))],
    ['a day that does not exist', message(ntry({ extra: '<BookgDt><Dt>2026-02-30</Dt></BookgDt>' }))],
    ['a strange reversal', message(ntry({ extra: '<RvslInd>maybe</RvslInd>' }))],
    ['a long reference', message(ntry({ extra: `<AcctSvcrRef>${'x'.repeat(36)}</AcctSvcrRef>` }))],
    ['elements in a text', message(ntry({ extra: '<AcctSvcrRef><b/></AcctSvcrRef>' }))],
    ['an end', message(ntry()).slice(0, -20)],
  ])('is refused with or without %s', (_what, xml) => {
    expect(codeOf(() => readNotification(xml))).toBe('SCHEMA_VIOLATION');
  });

  it.each(['', '-1.00', '1,00', '1.234', '1e3', '12345678901234567890', 'NaN'])(
    'is refused with the amount %j',
    (amount) => {
      expect(codeOf(() => readNotification(message(ntry({ amount }))))).toBe('AMOUNT_INVALID');
    },
  );

  it('is refused without a known currency', () => {
    expect(codeOf(() => readNotification(message(ntry()).replace('Ccy="EUR"', 'Ccy="XXX"')))).toBe(
      'AMOUNT_INVALID',
    );
    expect(codeOf(() => readNotification(message(ntry()).replace(' Ccy="EUR"', '')))).toBe('AMOUNT_INVALID');
  });

  it('is refused beyond its limits', () => {
    expect(codeOf(() => readNotification(message().padEnd(8 * 1_024 * 1_024 + 1)))).toBe('TOO_LARGE');
    const short = ntry({ extra: '', details: '' });
    expect(codeOf(() => readNotification(message(...Array.from({ length: 20_001 }, () => short))))).toBe(
      'TOO_LARGE',
    );
  });
});
