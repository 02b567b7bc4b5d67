import fc from 'fast-check';
import { type Payment, type PayoutBatch } from './batch';
import { writeCreditTransfer } from './credit-transfer';
import { PAYABLE_CURRENCIES } from './currencies';
import { toMinorUnits } from './amounts';
import { endToEndId } from './end-to-end-id';
import { type PayoutInstruction } from './instruction';
import { type PayableWithdrawal } from './payable-withdrawal';
import { codeOf, errorOf } from './test-support/expect-code';
import { aBatch, anInstruction, aWithdrawal, hexId, IBAN_AE, IBAN_DE } from './test-support/scene';
import { childrenNamed, find, need } from './xml-query';
import { readXml, type XmlElement } from './xml-reader';

const BIC = 'BNPAFRPP';

function payment(
  withdrawal: Partial<PayableWithdrawal> = {},
  instruction: Partial<PayoutInstruction> = {},
): Payment {
  const whole = anInstruction(instruction);
  return { withdrawal: aWithdrawal(withdrawal, whole), instruction: whole };
}

const initiation = (batch: PayoutBatch): XmlElement =>
  need(readXml(writeCreditTransfer(batch)), 'CstmrCdtTrfInitn');
const names = (parent: XmlElement): string[] => parent.children.map(({ name }) => name);
const refusalOf = (changes: Partial<PayoutBatch>): ReturnType<typeof errorOf> =>
  errorOf(() => writeCreditTransfer(aBatch(changes)));

describe('a credit transfer', () => {
  it('has the elements of pain.001.001.09 in the order of its schema', () => {
    const root = readXml(writeCreditTransfer(aBatch()));
    expect(root).toMatchObject({
      name: 'Document',
      namespace: 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09',
    });
    const message = need(root, 'CstmrCdtTrfInitn');
    const block = need(message, 'PmtInf');
    expect(names(message)).toEqual(['GrpHdr', 'PmtInf']);
    expect(names(need(message, 'GrpHdr'))).toEqual(['MsgId', 'CreDtTm', 'NbOfTxs', 'CtrlSum', 'InitgPty']);
    expect(names(block).join(' ')).toBe(
      'PmtInfId PmtMtd BtchBookg NbOfTxs CtrlSum PmtTpInf ReqdExctnDt Dbtr DbtrAcct DbtrAgt ChrgBr CdtTrfTxInf',
    );
    expect(names(need(block, 'CdtTrfTxInf')).join(' ')).toBe('PmtId Amt Cdtr CdtrAcct RmtInf');
    expect(need(message, 'GrpHdr', 'CreDtTm').text).toBe('2026-03-02T10:00:00Z');
    expect(need(block, 'CdtTrfTxInf', 'Amt', 'InstdAmt').text).toBe('1234.56');
    expect(need(block, 'CdtTrfTxInf', 'PmtId', 'EndToEndId').text).toBe(hexId(1, 32));
  });

  it('names the creditor’s bank where it is given', () => {
    const message = initiation(aBatch({ payments: [payment({}, { bic: BIC })] }));
    expect(names(need(message, 'PmtInf', 'CdtTrfTxInf')).join(' ')).toBe(
      'PmtId Amt CdtrAgt Cdtr CdtrAcct RmtInf',
    );
  });

  it('has one block for each currency, and SEPA for euros only', () => {
    const message = initiation(
      aBatch({
        payments: [
          payment({ withdrawal_id: hexId(1), currency: 'USD', amount: '5' }, { bic: BIC, country: 'FR' }),
          payment({ withdrawal_id: hexId(2), currency: 'EUR', amount: '7' }, { bic: BIC, country: 'FR' }),
          payment({ withdrawal_id: hexId(3), currency: 'USD', amount: '6' }, { bic: BIC, iban: IBAN_AE }),
        ],
      }),
    );
    const blocks = childrenNamed(message, 'PmtInf');
    expect(blocks.map((block) => need(block, 'PmtInfId').text)).toEqual([
      'OP1-2026-03-02-1-EUR',
      'OP1-2026-03-02-1-USD',
    ]);
    expect(blocks.map((block) => find(block, 'PmtTpInf', 'SvcLvl', 'Cd')?.text)).toEqual(['SEPA', undefined]);
    expect(blocks.map((block) => need(block, 'NbOfTxs').text)).toEqual(['1', '2']);
    expect(blocks.map((block) => need(block, 'CtrlSum').text)).toEqual(['0.07', '0.11']);
    const countries = blocks.map((block) => {
      const [first] = childrenNamed(block, 'CdtTrfTxInf');
      return find(first!, 'Cdtr', 'CtryOfRes')?.text;
    });
    expect(countries).toEqual([undefined, 'FR']);
  });

  it('carries every amount exactly, and counts and sums what it carries', () => {
    const some = fc.array(
      fc.record({
        amount: fc.bigInt({ min: 1n, max: 99_999_999_999n }).map(String),
        currency: fc.constantFrom(...PAYABLE_CURRENCIES),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(some, (amounts) => {
        const payments = amounts.map((money, index) =>
          payment({ withdrawal_id: hexId(index + 1), ...money }, { bic: BIC }),
        );
        const message = initiation(aBatch({ payments }));
        const written = childrenNamed(message, 'PmtInf').flatMap((block) =>
          childrenNamed(block, 'CdtTrfTxInf').map((transaction) => {
            const { text, attributes } = need(transaction, 'Amt', 'InstdAmt');
            const currency = attributes.get('Ccy') ?? '';
            return `${need(transaction, 'PmtId', 'EndToEndId').text} ${toMinorUnits(text, currency)} ${currency}`;
          }),
        );
        const given = payments.map(
          ({ withdrawal: { withdrawal_id, amount, currency } }) =>
            `${endToEndId(withdrawal_id)} ${amount} ${currency}`,
        );
        expect(written.sort()).toEqual(given.sort());
        expect(need(message, 'GrpHdr', 'NbOfTxs').text).toBe(String(amounts.length));
      }),
      { numRuns: 50 },
    );
  });

  it('takes 10 000 payments and refuses one more', () => {
    const instruction = anInstruction();
    const payments = Array.from({ length: 10_001 }, (_, index) => ({
      withdrawal: aWithdrawal({ withdrawal_id: hexId(index) }, instruction),
      instruction,
    }));
    expect(writeCreditTransfer(aBatch({ payments: payments.slice(1) }))).toContain(
      '<NbOfTxs>10000</NbOfTxs>',
    );
    expect(refusalOf({ payments })).toMatchObject({ code: 'TOO_LARGE', subject: '/payments' });
  });
});

describe('a batch is refused whole', () => {
  const other = anInstruction({ salt: 'cd'.repeat(32) });

  it.each([
    ['a withdrawal that was sent', payment({ status: 'sent' }), 'SCHEMA_VIOLATION'],
    ['a withdrawal that was paid', payment({ status: 'paid' }), 'SCHEMA_VIOLATION'],
    ['a withdrawal that came back', payment({ status: 'returned' }), 'SCHEMA_VIOLATION'],
    ['an amount of zero', payment({ amount: '0' }), 'AMOUNT_INVALID'],
    ['a negative amount', payment({ amount: '-5' }), 'AMOUNT_INVALID'],
    ['an amount in major units', payment({ amount: '5.00' }), 'AMOUNT_INVALID'],
    ['an amount beyond SEPA', payment({ amount: '100000000000' }), 'AMOUNT_INVALID'],
    [
      'an amount of 19 digits',
      payment({ currency: 'USD', amount: '1'.repeat(19) }, { bic: BIC }),
      'AMOUNT_INVALID',
    ],
    ['an unknown currency', payment({ currency: 'XXX' }, { bic: BIC }), 'AMOUNT_INVALID'],
    ['another actor’s instruction', payment({ beneficiary: hexId(8) }), 'SCHEMA_VIOLATION'],
    [
      'another instruction than the committed one',
      { withdrawal: aWithdrawal({}, other), instruction: anInstruction() },
      'SCHEMA_VIOLATION',
    ],
    ['a mistyped IBAN', payment({}, { iban: IBAN_DE.replace('89', '88') }), 'SCHEMA_VIOLATION'],
    ['a name that banks do not take', payment({}, { name: 'Zoë' }), 'SCHEMA_VIOLATION'],
    ['euros to a country outside of SEPA', payment({}, { iban: IBAN_AE }), 'SCHEMA_VIOLATION'],
    ['dollars to a bank without BIC', payment({ currency: 'USD' }), 'SCHEMA_VIOLATION'],
  ])('with %s', (_what, bad, code) => {
    const good = payment({ withdrawal_id: hexId(9) });
    expect(refusalOf({ payments: [good, bad] })).toMatchObject({
      code,
      subject: bad.withdrawal.withdrawal_id,
    });
  });

  it('with a withdrawal that is none', () => {
    const { withdrawal, instruction } = payment({ withdrawal_id: 'x' });
    expect(refusalOf({ payments: [{ withdrawal, instruction }] })).toMatchObject({
      code: 'SCHEMA_VIOLATION',
      subject: '/payments/0/withdrawal/withdrawal_id',
    });
  });

  it('with a withdrawal twice, or two that share an end-to-end id', () => {
    expect(refusalOf({ payments: [payment(), payment()] }).message).toContain('twice');
    const twin = payment({ withdrawal_id: `${hexId(1).slice(0, 63)}f` });
    expect(refusalOf({ payments: [payment(), twin] })).toMatchObject({
      code: 'SCHEMA_VIOLATION',
      subject: twin.withdrawal.withdrawal_id,
    });
  });

  it('with amounts whose sum has more than 18 digits', () => {
    const large = { currency: 'USD', amount: '9'.repeat(18) };
    const payments = [1, 2].map((n) => payment({ withdrawal_id: hexId(n), ...large }, { bic: BIC }));
    expect(refusalOf({ payments })).toMatchObject({ code: 'AMOUNT_INVALID', subject: '/payments' });
  });

  it.each<[string, Partial<PayoutBatch>, string]>([
    ['no payments', { payments: [] }, '/payments'],
    ['no message id', { messageId: '' }, '/messageId'],
    ['a message id of 32 characters', { messageId: 'x'.repeat(32) }, '/messageId'],
    ['a message id with markup', { messageId: 'a<b' }, '/messageId'],
    ['a message id with a leading slash', { messageId: '/a' }, '/messageId'],
    ['fractions of a second', { createdAt: 1.5 }, '/createdAt'],
    ['milliseconds', { createdAt: 1_772_445_600_000_000 }, '/createdAt'],
    ['a negative time', { createdAt: -1 }, '/createdAt'],
    ['no number as time', { createdAt: Number.NaN }, '/createdAt'],
    ['a day that does not exist', { requestedOn: '2026-02-30' }, '/requestedOn'],
    ['a date in another form', { requestedOn: '3.3.2026' }, '/requestedOn'],
    ['a time as date', { requestedOn: '2026-03-03T00:00:00Z' }, '/requestedOn'],
  ])('with %s', (_what, changes, subject) => {
    expect(refusalOf(changes)).toMatchObject({ code: 'SCHEMA_VIOLATION', subject });
  });

  it.each([
    ['name', { name: 'Börse' }],
    ['iban', { iban: 'DE89' }],
    ['bic', { bic: 'COBADEFFX' }],
  ])('with a debtor whose %s is wrong', (member, changes) => {
    const debtor = { ...aBatch().debtor, ...changes };
    expect(refusalOf({ debtor })).toMatchObject({ code: 'SCHEMA_VIOLATION', subject: `/debtor/${member}` });
  });

  it('with euros from an account outside of SEPA', () => {
    const debtor = { ...aBatch().debtor, iban: IBAN_AE };
    expect(codeOf(() => writeCreditTransfer(aBatch({ debtor })))).toBe('SCHEMA_VIOLATION');
  });

  it('without saying in words what is personal', () => {
    const { message } = refusalOf({ payments: [payment({}, { name: 'Zoë Secret' })] });
    expect(message).toMatch(/^\/name: /);
    expect(message).not.toContain('Secret');
  });
});
