export {
  type AttestedTransaction,
  LEDGER_QUESTIONS,
  TRANSACTION_BY_ID,
  verifyAttestation,
} from './attested-transaction';
export { definitionVersion, definitionWrite } from './chaincode-definition';
export {
  type ConfigurationWalk,
  currentOf,
  essentialBlock,
  extendWalk,
  inForceFor,
  startWalk,
  verifyWalk,
  type WalkedConfiguration,
} from './configuration-walk';
export { answerOfEnvelope, operatorsOf, verifyAnswer, type VerifiedAnswer } from './endorsed-answer';
export { BLOCK_BY_NUMBER } from './prefix-statement';
export { type EndorsedAnswer, type Receipt, RECEIPT_KINDS, type ReceiptKind } from './receipt';
export { encodeReceipt, parseReceipt, RECEIPT_FORMAT, RECEIPT_MEDIA_TYPE } from './receipt-format';
export { CHAIN_INFO, heightOfInfo } from './state-value';
export {
  type ReceiptCheck,
  type ReceiptOptions,
  type ReceiptStatement,
  type ReceiptVerdict,
  type TransactionStatement,
  verifyReceipt,
} from './verify-receipt';
