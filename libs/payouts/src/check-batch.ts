import { assertSchema, isRegistryError, type JsonSchema, RegistryError } from '@maker-registry/protocol';
import { controlSum, toMajorUnits } from './amounts';
import { type Debtor, type Payment, type PayoutBatch } from './batch';
import { assertBic } from './bic';
import { EURO } from './currencies';
import { assertDate, isoDateTime } from './dates';
import { endToEndId } from './end-to-end-id';
import { HEX32 } from './hex32';
import { assertIban, isSepaIban } from './iban';
import { assertInstruction, instructionCommitment } from './instruction';
import { MAX_BATCH_PAYMENTS, MAX_MESSAGE_ID_LENGTH, MAX_PARTY_NAME_LENGTH, MAX_SEPA_AMOUNT } from './limits';
import { refuse } from './refuse';
import { assertSepaId, assertSepaText } from './sepa-text';

/** Open: a withdrawal of the ledger has members that a payment does not need. */
const WITHDRAWAL_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['withdrawal_id', 'beneficiary', 'currency', 'amount', 'instruction_commitment', 'status'],
  properties: {
    withdrawal_id: HEX32,
    beneficiary: HEX32,
    currency: { type: 'string' },
    amount: { type: 'string' },
    instruction_commitment: HEX32,
    status: { type: 'string' },
  },
};

/**
 * Asserts that a batch may go to the bank as it is: all of it or none. Throws SCHEMA_VIOLATION, AMOUNT_INVALID or
 * TOO_LARGE whose `subject` is the withdrawal's id, or the JSON pointer of a member of the batch itself.
 */
export function assertBatch(batch: PayoutBatch): void {
  assertSepaId(batch.messageId, '/messageId', MAX_MESSAGE_ID_LENGTH);
  isoDateTime(batch.createdAt, '/createdAt');
  assertDate(batch.requestedOn, '/requestedOn');
  assertDebtor(batch.debtor);
  if (batch.payments.length === 0) refuse('A batch has at least one payment.', '/payments');
  if (batch.payments.length > MAX_BATCH_PAYMENTS) {
    throw new RegistryError(
      'TOO_LARGE',
      `A batch has at most ${MAX_BATCH_PAYMENTS} payments; make several.`,
      { subject: '/payments' },
    );
  }
  batch.payments.forEach((payment, index) => {
    assertSchema(WITHDRAWAL_SCHEMA, payment.withdrawal, `/payments/${index}/withdrawal`);
    about(payment.withdrawal.withdrawal_id, () => {
      assertPayment(payment, batch.debtor);
    });
  });
  assertDistinct(batch.payments);
  controlSum(batch.payments.map(({ withdrawal }) => withdrawal));
}

function assertDebtor(debtor: Debtor): void {
  assertSepaText(debtor.name, '/debtor/name', MAX_PARTY_NAME_LENGTH);
  assertIban(debtor.iban, '/debtor/iban');
  assertBic(debtor.bic, '/debtor/bic');
}

function assertPayment({ withdrawal, instruction }: Payment, debtor: Debtor): void {
  if (withdrawal.status !== 'requested') {
    refuse(
      `The withdrawal is ${withdrawal.status}; only a requested one is paid out. Leave it out of the batch.`,
    );
  }
  assertInstruction(instruction);
  if (instruction.beneficiary !== withdrawal.beneficiary) {
    refuse('The instruction is of another actor than the withdrawal.');
  }
  if (instructionCommitment(instruction) !== withdrawal.instruction_commitment) {
    refuse(
      'The instruction is not the one the withdrawal commits to; ask the beneficiary for the exact document.',
    );
  }
  toMajorUnits(withdrawal.amount, withdrawal.currency);
  if (withdrawal.currency === EURO) assertSepaPayment(withdrawal.amount, instruction.iban, debtor.iban);
  else if (instruction.bic === undefined)
    refuse('Only euros go without a BIC; the instruction has to name the bank.');
}

function assertSepaPayment(amount: string, creditorIban: string, debtorIban: string): void {
  if (BigInt(amount) > MAX_SEPA_AMOUNT) {
    throw new RegistryError(
      'AMOUNT_INVALID',
      'A SEPA credit transfer carries at most 999999999.99 EUR; split the withdrawal.',
    );
  }
  if (!isSepaIban(creditorIban)) refuse('Euros go by SEPA; the creditor’s account is not in its countries.');
  if (!isSepaIban(debtorIban)) refuse('Euros go by SEPA; the debtor’s account is not in its countries.');
}

/** The same id twice would pay twice, and two ids with one end-to-end id could not be told apart afterwards. */
function assertDistinct(payments: readonly Payment[]): void {
  const ids = new Set<string>();
  const shortIds = new Set<string>();
  for (const { withdrawal } of payments) {
    const id = withdrawal.withdrawal_id;
    if (ids.has(id)) refuse('The withdrawal is in the batch twice.', id);
    if (shortIds.has(endToEndId(id))) {
      refuse('Two withdrawals of the batch share their end-to-end id; pay one of them in another batch.', id);
    }
    ids.add(id);
    shortIds.add(endToEndId(id));
  }
}

/** Runs a check and makes its refusal one about this withdrawal, keeping the member's pointer in the sentence. */
function about(withdrawalId: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    const member = error.subject?.startsWith('/') === true ? `${error.subject}: ` : '';
    throw new RegistryError(error.code, `${member}${error.message}`, { subject: withdrawalId, cause: error });
  }
}
