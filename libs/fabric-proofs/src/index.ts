export { ProofError, type ProofCode } from './errors';
export * from './block';
export {
  certificateAttributes,
  type Identity,
  parseCertificate,
  parseIdentity,
  verifySignature,
} from './identities';
export {
  type ChannelHeader,
  checkTransactionId,
  type Invocation,
  type SignatureHeader,
  transactionId,
} from './proposal';
export * from './rwset';
export * from './signing';
export * from './transaction';
export * from './validation-codes';
export { isLowS } from './der';
