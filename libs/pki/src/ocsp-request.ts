import { DerReader } from './der-reader';
import { TAG } from './der-tags';
import { element, sequence } from './der-writer';
import { type Extension, readExtensions } from './extensions';
import { MAX_OCSP_CERTIFICATES, MAX_OCSP_REQUEST_BYTES } from './limits';
import { type OcspCertificateId, readCertificateId, writeCertificateId } from './ocsp-certificate-id';
import { nonceExtension, readNonce } from './ocsp-nonce';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

/** What a client asks (RFC 6960 §4.1.1). */
export interface OcspRequest {
  readonly certificates: readonly OcspCertificateId[];
  /** Has to come back in the answer, so that an old answer is not taken for a new one. */
  readonly nonce?: Uint8Array;
}

const REQUESTOR_NAME = TAG.contextConstructed + 1;
const REQUEST_EXTENSIONS = TAG.contextConstructed + 2;

/**
 * Reads a request (DER). A signature on it is neither needed nor checked: the answer is public. Throws PkiFormatError, to be
 * answered with `ocspError('malformedRequest')`.
 */
export function parseOcspRequest(der: Uint8Array): OcspRequest {
  if (der.length > MAX_OCSP_REQUEST_BYTES) throw new PkiFormatError('the OCSP request is too large');
  const outer = new DerReader(der);
  const request = outer.inside(outer.expect(TAG.sequence, 'the OCSP request'));
  outer.finish('the OCSP request');
  const body = request.inside(request.expect(TAG.sequence, 'the request'));
  request.optional(TAG.contextConstructed, 'the signature');
  request.finish('the OCSP request');
  const version = body.optional(TAG.contextConstructed, 'the version');
  if (version !== undefined)
    throw new PkiFormatError('the OCSP request is not of version 1, which is not written');
  body.optional(REQUESTOR_NAME, 'the requestor');
  const certificates = readRequests(body.inside(body.expect(TAG.sequence, 'the certificates asked about')));
  const nonce = readNonce(readRequestExtensions(body, REQUEST_EXTENSIONS));
  body.finish('the request');
  return nonce === undefined ? { certificates } : { certificates, nonce };
}

function readRequests(items: DerReader): OcspCertificateId[] {
  const certificates: OcspCertificateId[] = [];
  while (!items.done) {
    if (certificates.length >= MAX_OCSP_CERTIFICATES)
      throw new PkiFormatError('the OCSP request asks about too many certificates');
    const fields = items.inside(items.expect(TAG.sequence, 'a request'));
    certificates.push(readCertificateId(fields));
    readRequestExtensions(fields, TAG.contextConstructed);
    fields.finish('a request');
  }
  if (certificates.length === 0) throw new PkiFormatError('the OCSP request asks about no certificate');
  return certificates;
}

function readRequestExtensions(reader: DerReader, tag: number): Extension[] {
  const wrapper = reader.optional(tag, 'the extensions');
  if (wrapper === undefined) return [];
  const inner = reader.inside(wrapper);
  const extensions = readExtensions(inner, inner.expect(TAG.sequence, 'the extensions'));
  inner.finish('the extensions');
  if (extensions.some(({ oid, critical }) => critical && oid !== OID.ocspNonce))
    throw new PkiFormatError('a critical extension of the OCSP request is not understood');
  return extensions;
}

/** The request of a client, in DER. */
export function buildOcspRequest({ certificates, nonce }: OcspRequest): Buffer {
  const list = sequence(...certificates.map((id) => sequence(writeCertificateId(id))));
  const extensions =
    nonce === undefined ? [] : [element(REQUEST_EXTENSIONS, sequence(nonceExtension(nonce)))];
  return sequence(sequence(list, ...extensions));
}
