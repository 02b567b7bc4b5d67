import { timingSafeEqual } from 'node:crypto';
import { certificateBytes, type CertificateFields, parseCertificate } from './certificate';
import { isIssuerOf } from './issuer-chain';
import { MAX_CLOCK_SKEW_S } from './limits';
import { isIssuedBy } from './ocsp-certificate-id';
import { responderKeyHash } from './ocsp-response';
import { OID } from './oid';
import { type BasicOcspResponse, parseOcspResponse, type ReadOcspAnswer } from './parse-ocsp-response';
import { PkiFormatError } from './pki-format-error';
import { isSignedBy } from './signature-algorithms';

export type OcspCode =
  | 'OK'
  | 'REVOKED'
  | 'HELD'
  | 'OCSP_UNKNOWN_CERTIFICATE'
  | 'OCSP_MALFORMED'
  | 'OCSP_RESPONDER_UNAUTHORIZED'
  | 'OCSP_SIGNATURE_INVALID'
  | 'OCSP_NONCE_MISMATCH'
  | 'OCSP_NOT_ANSWERED'
  | 'OCSP_NOT_YET_VALID'
  | 'OCSP_STALE'
  | 'CERTIFICATE_ISSUER_MISMATCH'
  | 'CERTIFICATE_MALFORMED';

export interface OcspVerdict {
  readonly status: 'good' | 'revoked' | 'held' | 'unknown' | 'invalid';
  readonly code: OcspCode;
  readonly reason: string;
}

export interface OcspQuestion {
  /** DER as the responder sent it. */
  readonly response: Uint8Array;
  /** DER or PEM with one certificate. */
  readonly issuerCertificate: Uint8Array;
  readonly certificate: Uint8Array;
  /** Unix seconds. */
  readonly at: number;
  /** What was sent; an answer without it, or with another, may be an old one. */
  readonly nonce?: Uint8Array;
}

/**
 * The status of a certificate by an OCSP response (RFC 6960 §3.2): signed by the issuer itself or by a responder that the
 * issuer gave the purpose OCSPSigning and id-pkix-ocsp-nocheck, about this certificate, with our nonce, and fresh.
 */
export function verifyOcspResponse(question: OcspQuestion): OcspVerdict {
  let certificates: { issuer: CertificateFields; subject: CertificateFields };
  try {
    certificates = {
      issuer: parseCertificate(certificateBytes(question.issuerCertificate)),
      subject: parseCertificate(certificateBytes(question.certificate)),
    };
  } catch (error) {
    return malformed('CERTIFICATE_MALFORMED', error);
  }
  // An answer names a serial number alone: of another CA's certificate, or of a made-up one, it says nothing.
  if (!isIssuerOf(certificates.issuer, certificates.subject))
    return invalid('CERTIFICATE_ISSUER_MISMATCH', 'the certificate was not signed by the given issuer');
  try {
    const response = parseOcspResponse(question.response);
    return (
      responderRefusal(response, certificates.issuer, question.at) ??
      nonceRefusal(response, question.nonce) ??
      answer(response, certificates.issuer, certificates.subject.serial, question.at)
    );
  } catch (error) {
    return malformed('OCSP_MALFORMED', error);
  }
}

function malformed(code: OcspCode, error: unknown): OcspVerdict {
  if (!(error instanceof PkiFormatError)) throw error;
  return invalid(code, error.message);
}

function invalid(code: OcspCode, reason: string): OcspVerdict {
  return { status: 'invalid', code, reason };
}

function responderRefusal(
  response: BasicOcspResponse,
  issuer: CertificateFields,
  at: number,
): OcspVerdict | undefined {
  const candidates = [issuer, ...response.certificates.map((der) => parseCertificate(der))];
  const responder = candidates.find((candidate) => isNamed(response.responder, candidate));
  if (responder === undefined || (responder !== issuer && !isDelegated(responder, issuer, at)))
    return invalid(
      'OCSP_RESPONDER_UNAUTHORIZED',
      'the issuer did not entrust this responder with its answers',
    );
  const { algorithm, data: bytes, signature } = response;
  return isSignedBy({ algorithm, bytes, signature }, responder.publicKey)
    ? undefined
    : invalid('OCSP_SIGNATURE_INVALID', "the signature does not verify with the responder's key");
}

function isNamed(responder: BasicOcspResponse['responder'], candidate: CertificateFields): boolean {
  return 'name' in responder
    ? responder.name.equals(candidate.subject)
    : responder.keyHash.equals(responderKeyHash(candidate.publicKeyBits));
}

/** Any certificate of the issuer could answer for it, if its purpose were not asked for. */
function isDelegated(responder: CertificateFields, issuer: CertificateFields, at: number): boolean {
  const { outerAlgorithm: algorithm, innerAlgorithm, tbs: bytes, signature } = responder;
  const entrusted = responder.purposes?.includes(OID.ocspSigning) === true && responder.ocspNoCheck;
  return (
    entrusted &&
    responder.issuer.equals(issuer.subject) &&
    algorithm === innerAlgorithm &&
    responder.notBefore <= at &&
    at <= responder.notAfter &&
    isSignedBy({ algorithm, bytes, signature }, issuer.publicKey)
  );
}

function nonceRefusal({ nonce }: BasicOcspResponse, sent: Uint8Array | undefined): OcspVerdict | undefined {
  if (sent === undefined) return undefined;
  const same = nonce?.length === sent.length && timingSafeEqual(nonce, sent);
  return same
    ? undefined
    : invalid('OCSP_NONCE_MISMATCH', 'the answer does not carry the nonce that was sent');
}

function answer(
  response: BasicOcspResponse,
  issuer: CertificateFields,
  serial: string,
  at: number,
): OcspVerdict {
  const found = response.answers.find(
    ({ certificate }) => certificate.serial === serial && isIssuedBy(certificate, issuer),
  );
  if (found === undefined)
    return {
      status: 'unknown',
      code: 'OCSP_NOT_ANSWERED',
      reason: 'the response is about other certificates',
    };
  if (found.thisUpdate > at + MAX_CLOCK_SKEW_S) return invalid('OCSP_NOT_YET_VALID', 'thisUpdate lies ahead');
  if (found.nextUpdate === undefined || found.nextUpdate < at)
    return invalid('OCSP_STALE', 'nextUpdate has passed or is missing');
  return verdictOf(found);
}

function verdictOf({ status }: ReadOcspAnswer): OcspVerdict {
  if (status.status === 'good') return { status: 'good', code: 'OK', reason: 'the responder says good' };
  if (status.status === 'unknown')
    return {
      status: 'unknown',
      code: 'OCSP_UNKNOWN_CERTIFICATE',
      reason: 'the issuer never issued this serial number',
    };
  const since = `${status.reason ?? 'unspecified'} since ${new Date(status.revokedAt * MS).toISOString()}`;
  return status.reason === 'certificateHold'
    ? { status: 'held', code: 'HELD', reason: since }
    : { status: 'revoked', code: 'REVOKED', reason: since };
}

const MS = 1000;
