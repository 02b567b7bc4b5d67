import { type CertificateFields } from './certificate';
import { MAX_CLOCK_SKEW_S } from './limits';
import { OID } from './oid';
import { type Crl } from './parse-crl';
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

export interface CrlRefusal {
  readonly code: CrlCode;
  readonly detail: string;
}

/** What a reader has seen of a list before. */
export interface SeenCrl {
  /** Lowest number that is accepted: the highest one seen. */
  readonly minimumNumber?: bigint;
  /** SHA-256 (hex) of the CRL that was seen with `minimumNumber`: another one of that number is a forked list. */
  readonly seenDigest?: string;
}

/** RFC 5280 §5.2.1 demands it of issuers, not of readers, for whom the signature decides. */
export function keyIdentifierRefusal(crl: Crl): CrlRefusal | undefined {
  return crl.authorityKeyIdentifier === undefined
    ? { code: 'CRL_ISSUER_MISMATCH', detail: 'the CRL does not say which key signed it' }
    : undefined;
}

/** Two CAs may bear one name (a renewed root): the key identifier tells them apart, and the signature in the end. */
export function issuerRefusal(crl: Crl, issuer: CertificateFields): CrlRefusal | undefined {
  const code = 'CRL_ISSUER_MISMATCH';
  if (!crl.issuer.equals(issuer.subject)) return { code, detail: 'the CRL names another issuer' };
  const { authorityKeyIdentifier: named } = crl;
  const ski = issuer.subjectKeyIdentifier;
  if (named !== undefined && ski !== undefined && !named.equals(ski)) {
    return { code, detail: 'the CRL was signed by another key of this issuer' };
  }
  // A key that signs CRLs alone is no CA, but then its certificate says what it is for.
  const entrusted = issuer.maySignCrls && (issuer.isCa || issuer.hasKeyUsage);
  return entrusted ? undefined : { code, detail: 'the issuer may not sign CRLs' };
}

export function signatureRefusal(crl: Crl, issuer: CertificateFields): CrlRefusal | undefined {
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

/** Extensions that say of which certificates a CRL speaks. */
export const SCOPE_EXTENSIONS: readonly string[] = [OID.deltaCrlIndicator, OID.issuingDistributionPoint];

const KNOWN_EXTENSIONS = new Set<string>([
  OID.authorityKeyIdentifier,
  OID.crlNumber,
  OID.freshestCrl,
  ...SCOPE_EXTENSIONS,
]);

export function extensionRefusal(crl: Crl): CrlRefusal | undefined {
  const unknown = crl.extensions.some(({ oid, critical }) => critical && !KNOWN_EXTENSIONS.has(oid));
  if (unknown || crl.unknownCriticalEntryExtensions.length > 0) {
    return { code: 'CRL_CRITICAL_EXTENSION', detail: 'a critical extension is not understood' };
  }
  const misplaced = crl.extensions.some(({ oid, critical }) => critical && oid === OID.crlNumber);
  return misplaced ? { code: 'CRL_MALFORMED', detail: 'the CRL number is critical' } : undefined;
}

export function numberRefusal(crl: Crl, digest: string, seen: SeenCrl): CrlRefusal | undefined {
  if (crl.number === undefined) return { code: 'CRL_UNSUPPORTED', detail: 'the CRL has no number' };
  if (crl.baseNumber !== undefined && crl.baseNumber >= crl.number)
    return { code: 'CRL_MALFORMED', detail: 'a delta has a higher number than its base' };
  if (seen.minimumNumber === undefined) return undefined;
  if (crl.number < seen.minimumNumber) {
    return { code: 'CRL_ROLLBACK', detail: `CRL ${crl.number.toString()} is older than one already seen` };
  }
  const forked =
    crl.number === seen.minimumNumber && seen.seenDigest !== undefined && seen.seenDigest !== digest;
  return forked ? { code: 'CRL_EQUIVOCATION', detail: 'two CRLs of one number differ' } : undefined;
}

export function timeRefusal(crl: Crl, at: number): CrlRefusal | undefined {
  if (crl.nextUpdate === undefined) return { code: 'CRL_UNSUPPORTED', detail: 'the CRL has no nextUpdate' };
  if (crl.thisUpdate > at + MAX_CLOCK_SKEW_S)
    return { code: 'CRL_NOT_YET_VALID', detail: 'thisUpdate lies ahead' };
  return crl.nextUpdate < at ? { code: 'CRL_STALE', detail: 'nextUpdate has passed' } : undefined;
}
