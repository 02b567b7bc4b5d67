export { toDerSignature } from './ec';
export {
  ensureKey,
  ensureKeys,
  type RoleKeys,
  TRUST_KEY_LABELS,
  TRUST_KEYS,
  type TrustKeyLabel,
} from './ensure-keys';
export { HsmClient, type HsmCounters, type HsmOptions, type SignOptions } from './hsm-client';
export { registerHsmMetrics } from './hsm-metrics';
export { HsmError, type HsmErrorCode } from './hsm-error';
export { keyVersions, type KeyVersion, labelOf, shortcomings } from './key-versions';
export { type KeyDescription, type KeyUsage } from './messages';
export { MAX_KEY_VERSIONS } from './limits';
