export { assembleCrl, buildTbsCrl, type CrlContent } from './build-crl';
export { certificateBytes, type CertificateFields, certificatesOf, parseCertificate } from './certificate';
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
export { isIssuedBy, type OcspCertificateId, ocspCertificateId, type OcspHash } from './ocsp-certificate-id';
export { buildOcspRequest, type OcspRequest, parseOcspRequest } from './ocsp-request';
export {
  assembleOcspResponse,
  buildOcspResponseData,
  type OcspAnswer,
  type OcspCertificateStatus,
  ocspError,
  type OcspResponseContent,
} from './ocsp-response';
export { type CrlEntry } from './crl-entry';
export { type Crl, crlBytes, type CrlList, parseCrl, parseTbsCrl } from './parse-crl';
export { PkiFormatError } from './pki-format-error';
export { RevocationTable, type RevokedCertificate } from './revocation-table';
export { normalizeSerial } from './serial';
export { shardOf } from './shard';
export { isSignedBy } from './signature-algorithms';
export {
  type OcspCode,
  type OcspQuestion,
  type OcspVerdict,
  verifyOcspResponse,
} from './verify-ocsp-response';
export { certificateStatus, type CrlCheckInput, type CrlVerdict, verifyCrl } from './verify-crl';
export { checkRevocation, type RevocationQuestion } from './check-revocation';
export { type CrlCode, type SeenCrl } from './crl-rules';
export { type RevocationCode, type RevocationStatus, type RevocationVerdict } from './revocation-verdict';
export { MAX_CERTIFICATE_BYTES, MAX_CRL_FILE_BYTES } from './limits';
