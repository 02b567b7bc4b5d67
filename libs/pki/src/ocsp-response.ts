import { createHash } from 'node:crypto';
import { type CertificateFields } from './certificate';
import { CRL_REASONS, type CrlReason } from './crl-reasons';
import { TAG } from './der-tags';
import { element, generalizedTime, oid, sequence } from './der-writer';
import { type OcspCertificateId, writeCertificateId } from './ocsp-certificate-id';
import { nonceExtension } from './ocsp-nonce';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

/** What is known of one certificate; "unknown" for a serial that the issuer never issued. Times in Unix seconds. */
export type OcspCertificateStatus =
  | { readonly status: 'good' }
  | { readonly status: 'unknown' }
  | { readonly status: 'revoked'; readonly revokedAt: number; readonly reason?: CrlReason };

export interface OcspAnswer {
  /** As in the request: the client compares it. */
  readonly certificate: OcspCertificateId;
  readonly status: OcspCertificateStatus;
  /** When this was known to be right, and when something newer will be known. Unix seconds. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

export interface OcspResponseContent {
  /** The certificate that signs: the issuer's own, or one it gave the purpose OCSPSigning. */
  readonly responder: Pick<CertificateFields, 'subject' | 'publicKeyBits'>;
  /** By default the responder is named by its key. */
  readonly byName?: boolean;
  /** Unix seconds. */
  readonly producedAt: number;
  readonly answers: readonly OcspAnswer[];
  readonly nonce?: Uint8Array;
}

const SIGNATURE_ALGORITHM = sequence(oid(OID.ecdsaWithSha256));
const REVOKED = TAG.contextConstructed + 1;
const UNKNOWN = TAG.context + 2;
const RESPONDER_BY_NAME = TAG.contextConstructed + 1;
const RESPONDER_BY_KEY = TAG.contextConstructed + 2;
const RESPONSE_EXTENSIONS = TAG.contextConstructed + 1;

/** ResponseData (DER) of RFC 6960 §4.2.1, to be signed with ECDSA over its SHA-256. Throws PkiFormatError. */
export function buildOcspResponseData(content: OcspResponseContent): Buffer {
  const { answers, nonce, producedAt } = content;
  if (answers.length === 0) throw new PkiFormatError('an OCSP response answers at least one question');
  const extensions =
    nonce === undefined ? [] : [element(RESPONSE_EXTENSIONS, sequence(nonceExtension(nonce)))];
  return sequence(
    responderId(content),
    generalizedTime(producedAt),
    sequence(...answers.map((answer) => singleResponse(answer, producedAt))),
    ...extensions,
  );
}

/** KeyHash of a ResponderID: SHA-1 by definition (RFC 6960 §4.2.1); it names a key, nothing rests on its strength. */
export function responderKeyHash(publicKeyBits: Uint8Array): Buffer {
  return createHash('sha1').update(publicKeyBits).digest();
}

function responderId({ responder, byName = false }: OcspResponseContent): Buffer {
  return byName
    ? element(RESPONDER_BY_NAME, responder.subject)
    : element(RESPONDER_BY_KEY, element(TAG.octetString, responderKeyHash(responder.publicKeyBits)));
}

function singleResponse(answer: OcspAnswer, producedAt: number): Buffer {
  const { certificate, status, thisUpdate, nextUpdate } = answer;
  if (nextUpdate <= thisUpdate) throw new PkiFormatError('nextUpdate is not after thisUpdate');
  if (thisUpdate > producedAt) throw new PkiFormatError('thisUpdate lies after the response');
  return sequence(
    writeCertificateId(certificate),
    certificateStatusChoice(status),
    generalizedTime(thisUpdate),
    element(TAG.contextConstructed, generalizedTime(nextUpdate)),
  );
}

function certificateStatusChoice(status: OcspCertificateStatus): Buffer {
  if (status.status === 'good') return element(TAG.context);
  if (status.status === 'unknown') return element(UNKNOWN);
  const { reason, revokedAt } = status;
  const code =
    reason === undefined
      ? []
      : [element(TAG.contextConstructed, element(TAG.enumerated, Buffer.of(CRL_REASONS[reason])))];
  return element(REVOKED, generalizedTime(revokedAt), ...code);
}

/** The complete response: data, signature (DER ECDSA-Sig-Value), and the certificate that the issuer gave the responder. */
export function assembleOcspResponse(
  data: Uint8Array,
  signature: Uint8Array,
  certificates: readonly Uint8Array[] = [],
): Buffer {
  const attached =
    certificates.length === 0 ? [] : [element(TAG.contextConstructed, sequence(...certificates))];
  const basic = sequence(
    data,
    SIGNATURE_ALGORITHM,
    element(TAG.bitString, Buffer.of(0), signature),
    ...attached,
  );
  return sequence(
    element(TAG.enumerated, Buffer.of(OCSP_RESPONSE_STATUS.successful)),
    element(TAG.contextConstructed, sequence(oid(OID.ocspBasic), element(TAG.octetString, basic))),
  );
}

/** OCSPResponseStatus of RFC 6960 §4.2.1. */
export const OCSP_RESPONSE_STATUS = {
  successful: 0,
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const;

/** A response without an answer. It carries no signature: nothing may be concluded from it. */
export function ocspError(status: Exclude<keyof typeof OCSP_RESPONSE_STATUS, 'successful'>): Buffer {
  return sequence(element(TAG.enumerated, Buffer.of(OCSP_RESPONSE_STATUS[status])));
}
