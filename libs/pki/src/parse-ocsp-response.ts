import { readAlgorithm, readBitString } from './algorithm';
import { type CrlReason, reasonName } from './crl-reasons';
import { type DerElement, DerReader } from './der-reader';
import { TAG } from './der-tags';
import { type Extension, readExtensions } from './extensions';
import { MAX_OCSP_CERTIFICATES, MAX_OCSP_RESPONDER_CERTIFICATES, MAX_OCSP_RESPONSE_BYTES } from './limits';
import { type OcspCertificateId, readCertificateId } from './ocsp-certificate-id';
import { readNonce } from './ocsp-nonce';
import { type OcspCertificateStatus, OCSP_RESPONSE_STATUS } from './ocsp-response';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

/** One answer as read. */
export interface ReadOcspAnswer {
  readonly certificate: OcspCertificateId;
  readonly status: OcspCertificateStatus;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
}

export interface BasicOcspResponse {
  /** The signed bytes. */
  readonly data: Buffer;
  readonly algorithm: string;
  readonly signature: Buffer;
  /** DER, as sent along; nothing is said yet about whether they may sign. */
  readonly certificates: readonly Buffer[];
  /** DER of the responder's name, or SHA-1 of its public key. */
  readonly responder: { readonly name: Buffer } | { readonly keyHash: Buffer };
  readonly producedAt: number;
  readonly answers: readonly ReadOcspAnswer[];
  readonly nonce: Buffer | undefined;
}

const BY_NAME = TAG.contextConstructed + 1;
const BY_KEY = TAG.contextConstructed + 2;
const GOOD = TAG.context;
const REVOKED = TAG.contextConstructed + 1;
const UNKNOWN = TAG.context + 2;

/** Reads a successful basic response (DER). Throws PkiFormatError, also for a response that is an error. */
export function parseOcspResponse(der: Uint8Array): BasicOcspResponse {
  if (der.length > MAX_OCSP_RESPONSE_BYTES) throw new PkiFormatError('the OCSP response is too large');
  const outer = new DerReader(der);
  const response = outer.inside(outer.expect(TAG.sequence, 'the OCSP response'));
  outer.finish('the OCSP response');
  const status = response.content(response.expect(TAG.enumerated, 'the response status'));
  if (status.length !== 1 || status[0] !== OCSP_RESPONSE_STATUS.successful)
    throw new PkiFormatError(`the responder did not answer (status ${status.toString('hex')})`);
  const wrapper = response.inside(response.expect(TAG.contextConstructed, 'the response bytes'));
  response.finish('the OCSP response');
  const typed = wrapper.inside(wrapper.expect(TAG.sequence, 'the response bytes'));
  if (typed.content(typed.expect(TAG.oid, 'the response type')).toString('hex') !== OID.ocspBasic)
    throw new PkiFormatError('the response is not a basic OCSP response');
  const octets = typed.expect(TAG.octetString, 'the basic response');
  typed.finish('the response bytes');
  return readBasic(typed.inside(octets));
}

function readBasic(outer: DerReader): BasicOcspResponse {
  const basic = outer.inside(outer.expect(TAG.sequence, 'the basic response'));
  outer.finish('the basic response');
  const body = basic.expect(TAG.sequence, 'the response data');
  const algorithm = readAlgorithm(basic);
  const signature = readBitString(basic);
  const certificates = readCertificates(basic);
  basic.finish('the basic response');
  const data = basic.inside(body);
  if (data.peek() === TAG.contextConstructed)
    throw new PkiFormatError('the response is not of version 1, which is not written');
  const responder = readResponder(data);
  const producedAt = readTime(data, 'producedAt');
  const answers = readAnswers(data.inside(data.expect(TAG.sequence, 'the answers')));
  const nonce = readNonce(readOptionalExtensions(data, TAG.contextConstructed + 1));
  data.finish('the response data');
  return {
    data: basic.whole(body),
    algorithm,
    signature,
    certificates,
    responder,
    producedAt,
    answers,
    nonce,
  };
}

function readCertificates(basic: DerReader): Buffer[] {
  const wrapper = basic.optional(TAG.contextConstructed, 'the certificates');
  if (wrapper === undefined) return [];
  const inner = basic.inside(wrapper);
  const items = inner.inside(inner.expect(TAG.sequence, 'the certificates'));
  inner.finish('the certificates');
  const certificates: Buffer[] = [];
  while (!items.done) {
    if (certificates.length >= MAX_OCSP_RESPONDER_CERTIFICATES)
      throw new PkiFormatError('the response carries too many certificates');
    certificates.push(items.whole(items.expect(TAG.sequence, 'a certificate')));
  }
  return certificates;
}

function readResponder(data: DerReader): BasicOcspResponse['responder'] {
  const choice = data.next('the responder');
  const inner = data.inside(choice);
  if (choice.tag === BY_NAME) return { name: readWhole(inner, TAG.sequence) };
  if (choice.tag !== BY_KEY) throw new PkiFormatError('the responder is named in another way');
  const keyHash = inner.content(inner.expect(TAG.octetString, "the hash of the responder's key"));
  inner.finish('the responder');
  return { keyHash };
}

function readWhole(reader: DerReader, tag: number): Buffer {
  const found: DerElement = reader.expect(tag, 'the responder');
  reader.finish('the responder');
  return reader.whole(found);
}

function readAnswers(items: DerReader): ReadOcspAnswer[] {
  const answers: ReadOcspAnswer[] = [];
  while (!items.done) {
    if (answers.length >= MAX_OCSP_CERTIFICATES)
      throw new PkiFormatError('the response has too many answers');
    answers.push(readAnswer(items.inside(items.expect(TAG.sequence, 'an answer'))));
  }
  if (answers.length === 0) throw new PkiFormatError('the response has no answers');
  return answers;
}

function readAnswer(fields: DerReader): ReadOcspAnswer {
  const certificate = readCertificateId(fields);
  const status = readStatus(fields);
  const thisUpdate = readTime(fields, 'thisUpdate');
  const wrapper = fields.optional(TAG.contextConstructed, 'nextUpdate');
  const nextUpdate = wrapper === undefined ? undefined : readTime(fields.inside(wrapper), 'nextUpdate');
  readOptionalExtensions(fields, TAG.contextConstructed + 1);
  fields.finish('an answer');
  return { certificate, status, thisUpdate, nextUpdate };
}

function readStatus(fields: DerReader): OcspCertificateStatus {
  const choice = fields.next('the status');
  if (choice.tag === REVOKED) return readRevoked(fields.inside(choice));
  if (choice.start !== choice.end || (choice.tag !== GOOD && choice.tag !== UNKNOWN))
    throw new PkiFormatError('the status is none of RFC 6960');
  return choice.tag === GOOD ? { status: 'good' } : { status: 'unknown' };
}

function readRevoked(fields: DerReader): OcspCertificateStatus {
  const revokedAt = readTime(fields, 'the revocation time');
  const wrapper = fields.optional(TAG.contextConstructed, 'the reason');
  fields.finish('the status');
  const reason = wrapper === undefined ? undefined : readReason(fields.inside(wrapper));
  return reason === undefined ? { status: 'revoked', revokedAt } : { status: 'revoked', revokedAt, reason };
}

/** Undefined for "unspecified", which OCSP, unlike a CRL, may write. */
function readReason(reader: DerReader): CrlReason | undefined {
  const content = reader.content(reader.expect(TAG.enumerated, 'the reason'));
  reader.finish('the reason');
  const [code = -1] = content;
  const name = reasonName(code);
  if (content.length !== 1 || (name === undefined && code !== 0))
    throw new PkiFormatError('a reason has a value that RFC 6960 does not allow');
  return name;
}

function readTime(reader: DerReader, what: string): number {
  if (reader.peek() !== TAG.generalizedTime) throw new PkiFormatError(`${what} is not a GeneralizedTime`);
  return reader.time(what);
}

function readOptionalExtensions(reader: DerReader, tag: number): Extension[] {
  const wrapper = reader.optional(tag, 'the extensions');
  if (wrapper === undefined) return [];
  const inner = reader.inside(wrapper);
  const extensions = readExtensions(inner, inner.expect(TAG.sequence, 'the extensions'));
  inner.finish('the extensions');
  if (extensions.some(({ oid, critical }) => critical && oid !== OID.ocspNonce))
    throw new PkiFormatError('a critical extension of the OCSP response is not understood');
  return extensions;
}
