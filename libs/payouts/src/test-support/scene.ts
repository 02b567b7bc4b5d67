import { type PayoutBatch } from '../batch';
import { instructionCommitment, type PayoutInstruction } from '../instruction';
import { type NotificationEntry } from '../notification';
import { type PayableWithdrawal } from '../payable-withdrawal';

/** A hex id that begins with `seed` and is filled with zeros. */
export function hexId(seed: number, length = 64): string {
  return seed.toString(16).padStart(8, '0').padEnd(length, '0');
}

/** Example numbers of the IBAN registry; they belong to nobody. */
export const IBAN_DE = 'DE89370400440532013000';
export const IBAN_FR = 'FR1420041010050500013M02606';
export const IBAN_AE = 'AE070331234567890123456';

export function anInstruction(changes: Partial<PayoutInstruction> = {}): PayoutInstruction {
  return { beneficiary: hexId(7), name: 'Ada Maker', iban: IBAN_FR, salt: 'ab'.repeat(32), ...changes };
}

export function aWithdrawal(
  changes: Partial<PayableWithdrawal> = {},
  instruction: PayoutInstruction = anInstruction(),
): PayableWithdrawal {
  return {
    withdrawal_id: hexId(1),
    beneficiary: instruction.beneficiary,
    currency: 'EUR',
    amount: '123456',
    instruction_commitment: instructionCommitment(instruction),
    status: 'requested',
    ...changes,
  };
}

export function aBatch(changes: Partial<PayoutBatch> = {}): PayoutBatch {
  return {
    messageId: 'OP1-2026-03-02-1',
    createdAt: 1_772_445_600,
    debtor: { name: 'Operator One', iban: IBAN_DE, bic: 'COBADEFFXXX' },
    requestedOn: '2026-03-03',
    payments: [{ withdrawal: aWithdrawal(), instruction: anInstruction() }],
    ...changes,
  };
}

export function anEntry(changes: Partial<NotificationEntry> = {}): NotificationEntry {
  return {
    reference: 'BANK-1',
    servicerReference: 'BANK-1',
    endToEndId: hexId(1, 32),
    direction: 'debit',
    amount: '123456',
    currency: 'EUR',
    status: 'BOOK',
    bookingDate: '2026-03-03',
    reversal: false,
    ...changes,
  };
}
