import { type CertificateFields } from './certificate';
import { isSignedBy } from './signature-algorithms';

/** Whether `issuer` signed `certificate`, by name, key identifier, right and signature. */
export function isIssuerOf(issuer: CertificateFields, certificate: CertificateFields): boolean {
  return isNamedIssuerOf(issuer, certificate) && signs(issuer, certificate);
}

/** Whether `certificate` names `issuer`, which says nothing yet about who signed it. */
export function isNamedIssuerOf(issuer: CertificateFields, certificate: CertificateFields): boolean {
  return issuer.subject.equals(certificate.issuer);
}

function signs(issuer: CertificateFields, certificate: CertificateFields): boolean {
  const { authorityKeyIdentifier: wanted, outerAlgorithm: algorithm, tbs: bytes, signature } = certificate;
  const has = issuer.subjectKeyIdentifier;
  const sameKey = wanted === undefined || has === undefined || wanted.equals(has);
  const entrusted = issuer.isCa && issuer.maySignCertificates;
  const agrees = algorithm === certificate.innerAlgorithm;
  return sameKey && entrusted && agrees && isSignedBy({ algorithm, bytes, signature }, issuer.publicKey);
}

/**
 * The certificates in which trust begins: those that signed themselves, or, where there are none, those whose issuer was
 * not given. With a self-signed one at hand no other may start a chain: an intermediate that somebody slipped in under a
 * made-up issuer would.
 */
export function trustAnchors(issuers: readonly CertificateFields[]): ReadonlySet<CertificateFields> {
  const selfSigned = issuers.filter((one) => isIssuerOf(one, one));
  if (selfSigned.length > 0) return new Set(selfSigned);
  // A root may have signed itself with what is refused today (SHA-1): trust in it never came from that signature.
  const isAbove = (other: CertificateFields, one: CertificateFields): boolean =>
    !other.tbs.equals(one.tbs) && isNamedIssuerOf(other, one);
  return new Set(issuers.filter((one) => !issuers.some((other) => isAbove(other, one))));
}
