export { type Attest, type ClockInfo, parseAttest, type PcrSelection } from './attest';
export {
  type Credential,
  type CredentialRandomness,
  makeCredential,
  type MakeCredentialInput,
} from './make-credential';
export { keyName, qualifiedNameUnderEndorsementKey } from './name';
export { type PcrSet, type PcrValues } from './pcr';
export {
  eccPoint,
  type EccPublicArea,
  encodePublic,
  isAttestationKey,
  isEndorsementKey,
  isReleaseKey,
  parsePublic,
  type PublicArea,
  type RsaPublicArea,
  toKeyObject,
  type TpmPublicKey,
} from './public-area';
export { parseSignature, type TpmSignature, verifySignature } from './signature';
export { TpmFormatError } from './tpm-format-error';
export { type AttestationCode, type Check, type Verdict } from './verdict';
export { type CertifyInput, verifyCertify } from './verify-certify';
export { type QuoteInput, type QuotePolicy, type QuoteVerdict, verifyQuote } from './verify-quote';
