export { attestationKey, type AttestationKey, type AttestationKeySource } from './attestation-key';
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
export { type PreviousClock } from './clock-checks';
export { type AcceptedEvent } from './event-log/accepted-events';
export { type EventLog, type FirmwareEvent, parseEventLog } from './event-log/event-log';
export { replayEventLog } from './event-log/replay';
export { type EventLogPolicy, GRADED_CHECKS, type GradedCheck, type QuotePolicy } from './quote-policy';
export { parseSignature, type TpmSignature, verifySignature } from './signature';
export { type SigningKey, signingKey } from './signing-key';
export { TpmFormatError } from './tpm-format-error';
export { type AttestationCode, type Check, type Verdict } from './verdict';
export { type CertifyInput, verifyCertify } from './verify-certify';
export { type QuoteInput, type QuoteVerdict, verifyQuote } from './verify-quote';
