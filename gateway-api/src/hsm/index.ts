export { toDerSignature } from './ec';
export { ensureKey, ensureKeys, TRUST_KEY_LABELS, TRUST_KEYS, type TrustKeyLabel } from './ensure-keys';
export { HsmClient, type HsmCounters, type HsmOptions, type SignOptions } from './hsm-client';
export { registerHsmMetrics } from './hsm-metrics';
export { HsmError, type HsmErrorCode } from './hsm-error';
export { type KeyUsage } from './messages';
