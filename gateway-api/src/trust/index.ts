export { type TrustDeps } from './deps';
export { MirrorTrustReads, type TrustReads } from './ledger-reads';
export { MirrorSnapshots } from './lists/ledger-snapshot';
export { TRUST_MIGRATIONS } from './migrations';
export { readTrustConfig, type TrustConfig } from './trust-config';
export { keyBrokerRoutes } from './key-broker-routes';
export { trustRoutes, type TrustSource } from './trust-routes';
export { openTrustServices, type TrustServices } from './trust-services';
