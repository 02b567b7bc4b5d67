import { createHash } from 'node:crypto';
import { type CertificateFields } from './certificate';
import { type DerReader } from './der-reader';
import { TAG } from './der-tags';
import { element, magnitude, oid, sequence } from './der-writer';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

export type OcspHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Names a certificate by hashes of its issuer and its serial number (RFC 6960 §4.1.1). */
export interface OcspCertificateId {
  /** SHA-1 is what most clients send; it only picks the issuer, nothing rests on its strength. */
  readonly hash: OcspHash;
  /** Hex. */
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  /** Normalized hex. */
  readonly serial: string;
}

const HASHES: ReadonlyMap<string, OcspHash> = new Map([
  [OID.sha1, 'sha1'],
  [OID.sha256, 'sha256'],
  [OID.sha384, 'sha384'],
  [OID.sha512, 'sha512'],
]);
const NULL = Buffer.of(0x05, 0);

export function ocspCertificateId(
  issuer: Pick<CertificateFields, 'subject' | 'publicKeyBits'>,
  serial: string,
  hash: OcspHash,
): OcspCertificateId {
  return {
    hash,
    issuerNameHash: createHash(hash).update(issuer.subject).digest('hex'),
    issuerKeyHash: createHash(hash).update(issuer.publicKeyBits).digest('hex'),
    serial,
  };
}

/** Whether a request is about certificates of this issuer. */
export function isIssuedBy(
  id: OcspCertificateId,
  issuer: Pick<CertificateFields, 'subject' | 'publicKeyBits'>,
): boolean {
  const expected = ocspCertificateId(issuer, id.serial, id.hash);
  return id.issuerNameHash === expected.issuerNameHash && id.issuerKeyHash === expected.issuerKeyHash;
}

/** Reads a CertID. Throws PkiFormatError. */
export function readCertificateId(reader: DerReader): OcspCertificateId {
  const fields = reader.inside(reader.expect(TAG.sequence, 'the certificate id'));
  const algorithm = fields.inside(fields.expect(TAG.sequence, 'the hash algorithm'));
  const identifier = algorithm.content(algorithm.expect(TAG.oid, 'the hash algorithm')).toString('hex');
  const hash = HASHES.get(identifier);
  if (hash === undefined) throw new PkiFormatError('the certificate id uses a hash that is not supported');
  const issuerNameHash = fields.content(fields.expect(TAG.octetString, "the hash of the issuer's name"));
  const issuerKeyHash = fields.content(fields.expect(TAG.octetString, "the hash of the issuer's key"));
  const serial = fields.unsigned('the serial number');
  fields.finish('the certificate id');
  const length = createHash(hash).digest().length;
  if (issuerNameHash.length !== length || issuerKeyHash.length !== length)
    throw new PkiFormatError('a hash in the certificate id has another length than its algorithm');
  return {
    hash,
    issuerNameHash: issuerNameHash.toString('hex'),
    issuerKeyHash: issuerKeyHash.toString('hex'),
    serial,
  };
}

export function writeCertificateId(id: OcspCertificateId): Buffer {
  const algorithm = [...HASHES].find(([, name]) => name === id.hash)?.[0] ?? OID.sha256;
  return sequence(
    sequence(oid(algorithm), NULL),
    element(TAG.octetString, Buffer.from(id.issuerNameHash, 'hex')),
    element(TAG.octetString, Buffer.from(id.issuerKeyHash, 'hex')),
    element(TAG.integer, magnitude(id.serial)),
  );
}
