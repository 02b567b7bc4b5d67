import { createPublicKey, type KeyObject } from 'node:crypto';
import { readAlgorithm, readSignature } from './algorithm';
import { DerReader } from './der-reader';
import { TAG } from './der-tags';
import { type CertificateDistributionPoint, readDistributionPoints } from './distribution-point';
import { type Extension, findExtension, readAuthorityKeyIdentifier, readExtensions } from './extensions';
import { readIsCa, readKeyIdentifier, readKeyUsage, readPurposes } from './certificate-extensions';
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
  /** Content of subjectPublicKey without its count of unused bits: what OCSP hashes (RFC 6960 §4.1.1). */
  readonly publicKeyBits: Buffer;
  readonly subjectKeyIdentifier: Buffer | undefined;
  readonly authorityKeyIdentifier: Buffer | undefined;
  readonly isCa: boolean;
  /** Whether key usage permits signing CRLs; true where the extension is absent (RFC 5280 §6.3.3 f). */
  readonly maySignCrls: boolean;
  /** Whether key usage permits signing certificates; true where the extension is absent. */
  readonly maySignCertificates: boolean;
  /** Whether there is a key usage extension at all. */
  readonly hasKeyUsage: boolean;
  /** Whether key usage names keyEncipherment, or keyAgreement. */
  readonly enciphersKeys: boolean;
  readonly agreesKeys: boolean;
  /** Object identifiers (hex) of extended key usage; undefined where it is absent. */
  readonly purposes: readonly string[] | undefined;
  /** Whether an OCSP responder's certificate needs no revocation check itself (RFC 6960 §4.2.2.2.1). */
  readonly ocspNoCheck: boolean;
  /** Where the issuer publishes the revocation of this certificate, and its deltas; empty if it does not say. */
  readonly distributionPoints: readonly CertificateDistributionPoint[];
  readonly notBefore: number;
  readonly notAfter: number;
  /** The signed bytes, and what was signed with: object identifiers (hex) inside and outside, which must agree. */
  readonly tbs: Buffer;
  readonly innerAlgorithm: string;
  readonly outerAlgorithm: string;
  readonly signature: Buffer;
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** DER of a certificate given as DER or as PEM with exactly one certificate. Throws PkiFormatError. */
export function certificateBytes(input: Uint8Array): Buffer {
  const blocks = certificatesOf(input);
  const [one] = blocks;
  if (one === undefined || blocks.length > 1)
    throw new PkiFormatError('the file holds not exactly one certificate');
  return one;
}

/** DER of all certificates of a file: one in DER, or any number in PEM. Throws PkiFormatError. */
export function certificatesOf(input: Uint8Array): Buffer[] {
  if (input.length > MAX_CERTIFICATE_BYTES) throw new PkiFormatError('the certificate is too large');
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.length);
  if (bytes[0] === TAG.sequence) return [bytes];
  return [...bytes.toString('latin1').matchAll(PEM_CERTIFICATE)].map(([, block = '']) =>
    Buffer.from(block, 'base64'),
  );
}

/** Reads a certificate (DER). Throws PkiFormatError. */
export function parseCertificate(der: Uint8Array): CertificateFields {
  if (der.length > MAX_CERTIFICATE_BYTES) throw new PkiFormatError('the certificate is too large');
  const outer = new DerReader(der);
  const certificate = outer.inside(outer.expect(TAG.sequence, 'the certificate'));
  outer.finish('the certificate');
  const body = certificate.expect(TAG.sequence, 'the certificate body');
  const outerAlgorithm = readAlgorithm(certificate);
  const signature = readSignature(certificate);
  const tbs = certificate.inside(body);
  return { ...readBody(tbs), tbs: certificate.whole(body), outerAlgorithm, signature };
}

function readBody(tbs: DerReader): Omit<CertificateFields, 'tbs' | 'outerAlgorithm' | 'signature'> {
  // Absent in version 1, which has no extensions: old, but revocable.
  tbs.optional(TAG.contextConstructed, 'the version');
  const serial = tbs.unsigned('the serial number');
  const innerAlgorithm = readAlgorithm(tbs);
  const issuer = tbs.whole(tbs.expect(TAG.sequence, 'the issuer'));
  const validity = tbs.inside(tbs.expect(TAG.sequence, 'the validity'));
  const notBefore = validity.time('notBefore');
  const notAfter = validity.time('notAfter');
  const subject = tbs.whole(tbs.expect(TAG.sequence, 'the subject'));
  const key = tbs.expect(TAG.sequence, 'the public key');
  return {
    serial,
    innerAlgorithm,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey: readPublicKey(tbs.whole(key)),
    publicKeyBits: readPublicKeyBits(tbs.inside(key)),
    ...readKnownExtensions(readTrailingExtensions(tbs), issuer),
  };
}

function readPublicKey(spki: Buffer): KeyObject {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    throw new PkiFormatError('the public key does not parse');
  }
}

function readPublicKeyBits(key: DerReader): Buffer {
  key.expect(TAG.sequence, "the public key's algorithm");
  return key.content(key.expect(TAG.bitString, 'the public key')).subarray(1);
}

/** Unique identifiers of version 2, which nobody writes any more, come before the extensions. */
const UNIQUE_IDENTIFIERS = [TAG.context + 1, TAG.context + 2];

function readTrailingExtensions(tbs: DerReader): Extension[] {
  for (const tag of UNIQUE_IDENTIFIERS) tbs.optional(tag, 'a unique identifier');
  const wrapper = tbs.optional(TAG.contextConstructed + 3, 'the extensions');
  tbs.finish('the extensions');
  if (wrapper === undefined) return [];
  const inner = tbs.inside(wrapper);
  const extensions = readExtensions(inner, inner.expect(TAG.sequence, 'the extensions'));
  inner.finish('the extensions');
  return extensions;
}

type KnownExtensions = Pick<
  CertificateFields,
  | 'subjectKeyIdentifier'
  | 'authorityKeyIdentifier'
  | 'isCa'
  | 'maySignCrls'
  | 'maySignCertificates'
  | 'hasKeyUsage'
  | 'enciphersKeys'
  | 'agreesKeys'
  | 'purposes'
  | 'ocspNoCheck'
  | 'distributionPoints'
>;

function readKnownExtensions(extensions: readonly Extension[], issuer: Buffer): KnownExtensions {
  const find = (oid: string): Extension | undefined => findExtension(extensions, oid);
  const ski = find(OID.subjectKeyIdentifier);
  const aki = find(OID.authorityKeyIdentifier);
  const points = find(OID.crlDistributionPoints);
  return {
    subjectKeyIdentifier: ski === undefined ? undefined : readKeyIdentifier(ski),
    authorityKeyIdentifier: aki === undefined ? undefined : readAuthorityKeyIdentifier(aki),
    isCa: readIsCa(find(OID.basicConstraints)),
    ...readKeyUsage(find(OID.keyUsage)),
    purposes: readPurposes(find(OID.extendedKeyUsage)),
    ocspNoCheck: find(OID.ocspNoCheck) !== undefined,
    distributionPoints: points === undefined ? [] : readDistributionPoints(points, issuer),
  };
}
