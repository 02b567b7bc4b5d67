import { createHash } from 'node:crypto';
import { certificateBytes, type CertificateFields, certificatesOf, parseCertificate } from './certificate';
import { type SeenCrl } from './crl-rules';
import { trustAnchors } from './issuer-chain';
import { MAX_QUESTION_FILES } from './limits';
import { crlBytes, parseCrl } from './parse-crl';
import { PkiFormatError } from './pki-format-error';
import { type Evidence, type GivenCrl } from './revocation-evidence';
import { statusOf } from './revocation-status';
import { type RevocationVerdict, verdict } from './revocation-verdict';

/** The complete question of RFC 5280 §6.3 about one certificate. All files DER or PEM. */
export interface RevocationQuestion {
  readonly certificate: Uint8Array;
  /** The issuer's certificate, and those above it up to the one that is trusted; a PEM file may hold several. */
  readonly issuers: readonly Uint8Array[];
  /** Full CRLs, shards and deltas in any order, each a file with exactly one. */
  readonly crls: readonly Uint8Array[];
  /** Unix seconds. */
  readonly at: number;
  /** What was seen before of the lists of the certificate's issuer. */
  readonly seen?: SeenCrl;
}

/**
 * Whether a certificate is revoked, by what was given and nothing else: no network, no clock. Never `good` unless current
 * lists cover the certificate for every reason, and the issuers up to the trusted one are good by the same rules. A
 * self-signed issuer is trusted as it is given; so is the topmost where none is self-signed.
 */
export function checkRevocation(question: RevocationQuestion): RevocationVerdict {
  if (question.issuers.length + question.crls.length > MAX_QUESTION_FILES)
    return verdict('invalid', 'CRL_UNSUPPORTED', `more than ${MAX_QUESTION_FILES} files were given`);
  let certificate: CertificateFields;
  let issuers: CertificateFields[];
  try {
    certificate = parseCertificate(certificateBytes(question.certificate));
    issuers = question.issuers.flatMap(issuersOf);
  } catch (error) {
    return malformed('CERTIFICATE_MALFORMED', error);
  }
  let crls: GivenCrl[];
  try {
    crls = question.crls.map(readCrl);
  } catch (error) {
    return malformed('CRL_MALFORMED', error);
  }
  const evidence: Evidence = {
    issuers,
    anchors: trustAnchors(issuers),
    crls,
    at: question.at,
    seen: question.seen ?? {},
    leafIssuer: certificate.issuer,
  };
  const answer = statusOf(certificate, evidence, []);
  // The entry of an expired certificate leaves the list: that it is not there says nothing any more.
  return answer.status === 'good' && certificate.notAfter < question.at
    ? verdict(
        'unknown',
        'CERTIFICATE_EXPIRED',
        'the certificate has expired, and lists no longer speak of it',
      )
    : answer;
}

function issuersOf(file: Uint8Array): CertificateFields[] {
  const certificates = certificatesOf(file).map((der) => parseCertificate(der));
  if (certificates.length === 0) throw new PkiFormatError('the file holds no certificate of an issuer');
  return certificates;
}

function readCrl(file: Uint8Array): GivenCrl {
  const bytes = crlBytes(file);
  return { crl: parseCrl(bytes), digest: createHash('sha256').update(bytes).digest('hex') };
}

function malformed(code: 'CERTIFICATE_MALFORMED' | 'CRL_MALFORMED', error: unknown): RevocationVerdict {
  if (!(error instanceof PkiFormatError)) throw error;
  return verdict('invalid', code, error.message);
}
