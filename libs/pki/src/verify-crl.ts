import { createHash } from 'node:crypto';
import { type CertificateFields, parseCertificate } from './certificate';
import { MAX_CLOCK_SKEW_S } from './limits';
import { OID } from './oid';
import { type CrlEntry } from './crl-entry';
import { type Crl, crlBytes, parseCrl } from './parse-crl';
import { PkiFormatError } from './pki-format-error';
import { isKnownAlgorithm, isSignedBy } from './signature-algorithms';

/** Codes of a CRL that is not to be relied on; the registry's table of error codes has the same names. */
export type CrlCode =
  | 'CRL_MALFORMED'
  | 'CRL_SIGNATURE_INVALID'
  | 'CRL_ISSUER_MISMATCH'
  | 'CRL_ROLLBACK'
  | 'CRL_EQUIVOCATION'
  | 'CRL_STALE'
  | 'CRL_NOT_YET_VALID'
  | 'CRL_CRITICAL_EXTENSION'
  | 'CRL_UNSUPPORTED'
  | 'CERTIFICATE_MALFORMED';

export interface CrlCheckInput {
  /** DER, or PEM with exactly one CRL. */
  readonly crl: Uint8Array;
  /** DER of the CA's certificate. */
  readonly issuerCertificate: Uint8Array;
  /** Unix seconds. */
  readonly at: number;
  /** Lowest number that is accepted: the highest one seen. */
  readonly minimumNumber?: bigint;
  /** SHA-256 (hex) of the CRL that was seen with `minimumNumber`: another one of that number is a forked list. */
  readonly seenDigest?: string;
}

export type CrlVerdict =
  | { readonly valid: true; readonly code: 'OK'; readonly crl: Crl; readonly digest: string }
  | { readonly valid: false; readonly code: CrlCode; readonly detail: string };

interface Refusal {
  readonly code: CrlCode;
  readonly detail: string;
}

const KNOWN_EXTENSIONS = new Set<string>([OID.authorityKeyIdentifier, OID.crlNumber]);

/**
 * Whether a full CRL may be relied on at this moment: strict DER, issuer by name and key identifier, the right to sign
 * CRLs, signature, critical extensions, number and times. Everything that is not understood refuses it.
 */
export function verifyCrl(input: CrlCheckInput): CrlVerdict {
  let issuer: CertificateFields;
  try {
    issuer = parseCertificate(input.issuerCertificate);
  } catch (error) {
    return { valid: false, ...malformed('CERTIFICATE_MALFORMED', error) };
  }
  let bytes: Buffer;
  let crl: Crl;
  try {
    bytes = crlBytes(input.crl);
    crl = parseCrl(bytes);
  } catch (error) {
    return { valid: false, ...malformed('CRL_MALFORMED', error) };
  }
  const digest = createHash('sha256').update(bytes).digest('hex');
  const refusal =
    issuerRefusal(crl, issuer) ??
    signatureRefusal(crl, issuer) ??
    extensionRefusal(crl) ??
    numberRefusal(crl, digest, input) ??
    timeRefusal(crl, input.at);
  return refusal === undefined ? { valid: true, code: 'OK', crl, digest } : { valid: false, ...refusal };
}

function malformed(code: CrlCode, error: unknown): Refusal {
  if (!(error instanceof PkiFormatError)) throw error;
  return { code, detail: error.message };
}

/** Two CAs may bear one name (a renewed root): the key identifier tells them apart. */
function issuerRefusal(crl: Crl, issuer: CertificateFields): Refusal | undefined {
  const code = 'CRL_ISSUER_MISMATCH';
  if (!crl.issuer.equals(issuer.subject)) return { code, detail: 'the CRL names another issuer' };
  if (crl.authorityKeyIdentifier === undefined)
    return { code, detail: 'the CRL does not say which key signed it' };
  const ski = issuer.subjectKeyIdentifier;
  if (ski !== undefined && !crl.authorityKeyIdentifier.equals(ski)) {
    return { code, detail: 'the CRL was signed by another key of this issuer' };
  }
  if (!issuer.isCa || !issuer.maySignCrls) return { code, detail: 'the issuer may not sign CRLs' };
  return undefined;
}

function signatureRefusal(crl: Crl, issuer: CertificateFields): Refusal | undefined {
  const code = 'CRL_SIGNATURE_INVALID';
  if (crl.innerAlgorithm !== crl.outerAlgorithm)
    return { code, detail: 'the CRL names two signature algorithms' };
  if (!isKnownAlgorithm(crl.innerAlgorithm))
    return { code: 'CRL_UNSUPPORTED', detail: 'the signature algorithm is not known' };
  const { innerAlgorithm: algorithm, tbs: bytes, signature } = crl;
  return isSignedBy({ algorithm, bytes, signature }, issuer.publicKey)
    ? undefined
    : { code, detail: "the signature does not verify with the issuer's key" };
}

/** A delta, a shard or an indirect CRL read as a full one would report revoked certificates as good. */
function extensionRefusal(crl: Crl): Refusal | undefined {
  const scoped = [OID.deltaCrlIndicator, OID.issuingDistributionPoint] as readonly string[];
  if (crl.extensions.some(({ oid }) => scoped.includes(oid))) {
    return { code: 'CRL_UNSUPPORTED', detail: 'the CRL covers only part of the certificates' };
  }
  const unknown = crl.extensions.some(({ oid, critical }) => critical && !KNOWN_EXTENSIONS.has(oid));
  if (unknown || crl.unknownCriticalEntryExtensions.length > 0) {
    return { code: 'CRL_CRITICAL_EXTENSION', detail: 'a critical extension is not understood' };
  }
  const misplaced = crl.extensions.some(({ oid, critical }) => critical && oid === OID.crlNumber);
  return misplaced ? { code: 'CRL_MALFORMED', detail: 'the CRL number is critical' } : undefined;
}

function numberRefusal(crl: Crl, digest: string, input: CrlCheckInput): Refusal | undefined {
  if (crl.number === undefined) return { code: 'CRL_UNSUPPORTED', detail: 'the CRL has no number' };
  if (input.minimumNumber === undefined) return undefined;
  if (crl.number < input.minimumNumber) {
    return { code: 'CRL_ROLLBACK', detail: `CRL ${crl.number.toString()} is older than one already seen` };
  }
  const forked =
    crl.number === input.minimumNumber && input.seenDigest !== undefined && input.seenDigest !== digest;
  return forked ? { code: 'CRL_EQUIVOCATION', detail: 'two CRLs of one number differ' } : undefined;
}

function timeRefusal(crl: Crl, at: number): Refusal | undefined {
  if (crl.nextUpdate === undefined) return { code: 'CRL_UNSUPPORTED', detail: 'the CRL has no nextUpdate' };
  if (crl.thisUpdate > at + MAX_CLOCK_SKEW_S)
    return { code: 'CRL_NOT_YET_VALID', detail: 'thisUpdate lies ahead' };
  return crl.nextUpdate < at ? { code: 'CRL_STALE', detail: 'nextUpdate has passed' } : undefined;
}

/** Status of one certificate by a CRL that was found valid. */
export function certificateStatus(crl: Crl, serial: string): 'good' | 'revoked' | 'held' {
  const entry: CrlEntry | undefined = crl.find(serial);
  if (entry === undefined || entry.reason === 'removeFromCRL') return 'good';
  return entry.reason === 'certificateHold' ? 'held' : 'revoked';
}
