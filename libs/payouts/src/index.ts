export { controlSum, toMajorUnits, toMinorUnits } from './amounts';
export { type Debtor, type Payment, type PayoutBatch } from './batch';
export { assertBatch } from './check-batch';
export { writeCreditTransfer } from './credit-transfer';
export { currencyExponent, PAYABLE_CURRENCIES } from './currencies';
export { endToEndId } from './end-to-end-id';
export { assertIban, isSepaIban } from './iban';
export {
  assertInstruction,
  instructionCommitment,
  parseInstruction,
  PAYOUT_INSTRUCTION_SCHEMA,
  type PayoutInstruction,
} from './instruction';
export { iso20022Rail } from './iso20022-rail';
export { type Notification, type NotificationEntry, readNotification } from './notification';
export { type PayableWithdrawal } from './payable-withdrawal';
export { type PayoutExport, type PayoutRail } from './payout-rail';
export {
  type PaidWithdrawal,
  type Reconciliation,
  reconcile,
  type ReturnedWithdrawal,
  type UnmatchedReason,
} from './reconcile';
