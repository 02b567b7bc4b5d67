export {
  assembleCrl,
  buildTbsCrl,
  type CrlContent,
  normalizeSerial,
  type RevokedCertificate,
} from './build-crl';
export { type CertificateFields, parseCertificate } from './certificate';
export { CRL_REASONS, type CrlReason } from './crl-reasons';
export { type Crl, crlBytes, type CrlEntry, parseCrl } from './parse-crl';
export { PkiFormatError } from './pki-format-error';
export {
  certificateStatus,
  type CrlCheckInput,
  type CrlCode,
  type CrlVerdict,
  verifyCrl,
} from './verify-crl';
