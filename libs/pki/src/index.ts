export { assembleCrl, buildTbsCrl, type CrlContent } from './build-crl';
export { type CertificateFields, parseCertificate } from './certificate';
export {
  compareCrls,
  type CrlComparison,
  type CrlComparisonCode,
  isSameScope,
  mayLeaveCrl,
} from './compare-crls';
export { type CrlFinding } from './crl-finding';
export { CRL_REASONS, type CrlReason, type EntryReason } from './crl-reasons';
export {
  type CertificateDistributionPoint,
  type IssuingDistributionPoint,
  type OnlyContains,
} from './distribution-point';
export { type CrlLintCode, type CrlLintPolicy, lintCrl } from './lint-crl';
export { type Crl, crlBytes, type CrlEntry, type CrlList, parseCrl, parseTbsCrl } from './parse-crl';
export { PkiFormatError } from './pki-format-error';
export { RevocationTable, type RevokedCertificate } from './revocation-table';
export { normalizeSerial } from './serial';
export { shardOf } from './shard';
export {
  certificateStatus,
  type CrlCheckInput,
  type CrlCode,
  type CrlVerdict,
  verifyCrl,
} from './verify-crl';
