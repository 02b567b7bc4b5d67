export { ProofError, type ProofCode } from './errors';
export * from './block';
export { certificateAttributes, parseCertificate } from './certificate-attributes';
export { type Certificate, readCertificate } from './certificates';
export { certificateKey, type Identity, parseIdentity, verifySignature } from './identities';
export { type PublicKey } from './platform/crypto';
export {
  type ChannelHeader,
  checkTransactionId,
  type Invocation,
  type SignatureHeader,
  transactionId,
} from './proposal';
export * from './receipts';
export * from './rwset';
export * from './signing';
export * from './transaction';
export * from './validation-codes';
export { isLowS } from './der';
export * from './chain';
export * from './channel-config';
export * from './commit-hash';
export * from './compare-blocks';
export { equalBytes, hex, sha256 } from './digests';
export * from './quorum';
export * from './signature-policy';
export { LEN, REPEATED, shape, type Shape, type Strictness, VARINT, WireReader } from './wire-reader';
export { type CertificateInUse } from './channel-crl';
export {
  checkAdministratorSignatures,
  type ConfigSignature,
  configSignatureMessage,
  encodeConfigUpdateEnvelope,
  encodeSignatureHeader,
  encodeUpdatePayload,
  type UpdateTransaction,
} from './config-signature';
export { type ConfigTree, parseConfigTree } from './config-tree';
export { type VerifiedConfig, walkConfigurations } from './config-walk';
export { type MspConfig, parseMspConfig, tlsAuthorities } from './msp-config';
export { type OrderingEndpoint, orderingEndpoints } from './orderer-settings';
export {
  type CrlEffect,
  judgeRevocationUpdate,
  organizationMsp,
  revocationConfigUpdate,
  type RevocationEffect,
  type UpdateJudgement,
} from './revocation-update';
export {
  fabricCaCertificates,
  fabricCaMessage,
  type FabricCaRequest,
  fabricCaRevocation,
  type FabricCaRevocation,
  fabricCaToken,
  parseFabricCaToken,
} from './fabric-ca';
