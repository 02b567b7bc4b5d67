export * from './acts/acts';
export * from './acts/check-act';
export * from './acts/fabric-identity';
export type * from './client/channel';
export type * from './client/fabric-ca-admin';
export * from './client/content-key-deposit';
export * from './client/documents';
export { heightOf } from './client/gateway-connection';
export type * from './client/key-broker';
export * from './client/operation';
export type { SubmitOptions } from './client/operations';
export type * from './client/provenance-documents';
export type { ProvenanceReads } from './client/provenance-reads';
export * from './client/registry-client';
export type * from './client/audit';
export type { Reads } from './client/reads';
export type {
  CertificateFilter,
  CertificateReach,
  CertificateReachPage,
  CertificateReads,
} from './client/certificate-reads';
export type * from './client/registry-lists';
export type * from './client/royalty-documents';
export type { RoyaltyReads } from './client/royalty-reads';
export type * from './client/trust';
export * from './errors/client-error';
export * from './errors/system-error';
export * from './http/transport';
export * from './intents/build-signed-intent';
export * from './keys/actor-signer';
export * from './keys/content-key-shares';
export * from './keys/key-file';
export { fileError, readSecretFile, writeSecretFile } from './keys/secret-file';
export * from './keys/software-signer';
export * from './keys/attestation-key';
export * from './keys/attestation-key-file';
export * from './lists/list-holder';
export * from './provenance/bodies';
export * from './provenance/sign-claim';
