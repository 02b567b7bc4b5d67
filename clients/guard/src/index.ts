export {
  GATEWAY_HELP,
  gatewayOptions,
  type Given,
  openClient,
  optional,
  type OptionTable,
  type ParsedOptions,
  parseOptions,
  readTextFile,
  readTokenFile,
  required,
  several,
  wholeNumber,
} from './commands/options';
export { openPinned } from './commands/open-gateways';
export { GUARD_COMMANDS } from './commands/table';
export { errorFields } from './events';
export { ContainerFile } from './container/container-file';
export { ContainerReader, type ContainerSource, type PlaintextSink } from './container/container-reader';
export {
  generateContentKey,
  protectFile,
  type ProtectedFile,
  type ProtectOptions,
} from './container/protect-file';
export { enrollDevice } from './device/enroll-device';
export { EXIT_CODES, type ExitCode } from './exit-codes';
export { guard, type ProcessSurroundings } from './guard';
export { defaultStateDirectory } from './state/state-directory';
export { readContentKeyFile, writeContentKeyFile } from './state/content-key-file';
export { type KeyShareFile, readKeyShareFile, writeKeyShareFile } from './state/key-share-file';
export { embedError } from './watermark/embed-error';
export { keyExposure } from './watermark/key-exposure';
export { type MarkedOutput, type OutputMark, watermarkOutput } from './watermark/watermark-output';
export { OperatorGateways, type OperatorGateway } from './trust/operator-gateways';
export { jwksFingerprint, keysFor, parseJwks, type PinnedOperators } from './trust/pinned-operators';
