import { createPublicKey, type KeyObject } from 'node:crypto';
import { DerReader } from './der-reader';
import { TAG } from './der-tags';
import { type Extension, findExtension, readAuthorityKeyIdentifier, readExtensions } from './extensions';
import { MAX_CERTIFICATE_BYTES } from './limits';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

/** What revocation needs to know of a certificate. */
export interface CertificateFields {
  /** Hex without leading zeros. */
  readonly serial: string;
  /** DER of the distinguished names: compared as bytes, as one CA writes its own name in one way. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly subjectKeyIdentifier: Buffer | undefined;
  readonly authorityKeyIdentifier: Buffer | undefined;
  readonly isCa: boolean;
  /** Whether key usage permits signing CRLs; true where the extension is absent (RFC 5280 §6.3.3 f). */
  readonly maySignCrls: boolean;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Bit 6 of KeyUsage, counted from the top of the first byte. */
const CRL_SIGN_BIT = 0x02;

/** Reads a certificate (DER). Throws PkiFormatError. */
export function parseCertificate(der: Uint8Array): CertificateFields {
  if (der.length > MAX_CERTIFICATE_BYTES) throw new PkiFormatError('the certificate is too large');
  const outer = new DerReader(der);
  const certificate = outer.inside(outer.expect(TAG.sequence, 'the certificate'));
  outer.finish('the certificate');
  const tbs = certificate.inside(certificate.expect(TAG.sequence, 'the certificate body'));
  tbs.expect(TAG.contextConstructed, 'the version');
  const serial = tbs.unsigned('the serial number');
  tbs.expect(TAG.sequence, 'the signature algorithm');
  const issuer = tbs.whole(tbs.expect(TAG.sequence, 'the issuer'));
  const validity = tbs.inside(tbs.expect(TAG.sequence, 'the validity'));
  const notBefore = validity.time('notBefore');
  const notAfter = validity.time('notAfter');
  const subject = tbs.whole(tbs.expect(TAG.sequence, 'the subject'));
  const publicKey = readPublicKey(tbs.whole(tbs.expect(TAG.sequence, 'the public key')));
  const extensions = readTrailingExtensions(tbs);
  return { serial, issuer, subject, publicKey, notBefore, notAfter, ...readKnownExtensions(extensions) };
}

function readPublicKey(spki: Buffer): KeyObject {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    throw new PkiFormatError('the public key does not parse');
  }
}

function readTrailingExtensions(tbs: DerReader): Extension[] {
  const wrapper = tbs.optional(TAG.contextConstructed + 3, 'the extensions');
  if (wrapper === undefined) return [];
  const inner = tbs.inside(wrapper);
  return readExtensions(inner, inner.expect(TAG.sequence, 'the extensions'));
}

function readKnownExtensions(
  extensions: readonly Extension[],
): Pick<CertificateFields, 'subjectKeyIdentifier' | 'authorityKeyIdentifier' | 'isCa' | 'maySignCrls'> {
  const ski = findExtension(extensions, OID.subjectKeyIdentifier);
  const aki = findExtension(extensions, OID.authorityKeyIdentifier);
  return {
    subjectKeyIdentifier: ski === undefined ? undefined : octets(ski),
    authorityKeyIdentifier: aki === undefined ? undefined : readAuthorityKeyIdentifier(aki),
    isCa: readIsCa(findExtension(extensions, OID.basicConstraints)),
    maySignCrls: readMaySignCrls(findExtension(extensions, OID.keyUsage)),
  };
}

function octets(extension: Extension): Buffer {
  const reader = new DerReader(extension.value);
  return Buffer.from(reader.content(reader.expect(TAG.octetString, 'the subject key identifier')));
}

function readIsCa(extension: Extension | undefined): boolean {
  if (extension === undefined) return false;
  const reader = new DerReader(extension.value);
  const fields = reader.inside(reader.expect(TAG.sequence, 'the basic constraints'));
  return fields.optional(TAG.boolean, 'the CA flag') !== undefined;
}

function readMaySignCrls(extension: Extension | undefined): boolean {
  if (extension === undefined) return true;
  const reader = new DerReader(extension.value);
  const bits = reader.content(reader.expect(TAG.bitString, 'the key usage'));
  return ((bits[1] ?? 0) & CRL_SIGN_BIT) !== 0;
}
