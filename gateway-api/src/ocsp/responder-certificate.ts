import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import { type CertificateFields, parseCertificate } from '@maker-registry/pki';
import {
  AuthorityKeyIdentifierExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PublicKey,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { type NamedAuthority } from '../crl';
import { type HsmClient } from '../hsm';
import { RESPONDER_BACKDATE_S, RESPONDER_LIFETIME_S, RESPONDER_SERIAL_BYTES } from './limits';

/** The certificate by which a CA entrusts the operator's OCSP key with its answers. */
export interface ResponderCertificate {
  readonly der: Buffer;
  readonly fields: CertificateFields;
}

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const OCSP_NO_CHECK = '1.3.6.1.5.5.7.48.1.5';
const DER_NULL = Uint8Array.of(0x05, 0x00);
const MS = 1_000;
const SIGNATURE_BYTES = 64;
const SIGN_BIT = 0x7f;
/** SubjectPublicKeyInfo of P-256 up to the point (RFC 5480). */
const P256_SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');

/**
 * Issues the responder's certificate with the CA's own key, inside the HSM: RFC 6960 §4.2.2.2 wants it issued directly by
 * the CA whose certificates it speaks of.
 *
 * @param point uncompressed public point of the OCSP key
 * @param now Unix seconds
 * @throws HsmError; Error where what came out is not what was to be signed
 */
export async function issueResponderCertificate(
  hsm: Pick<HsmClient, 'signById'>,
  authority: NamedAuthority,
  point: Uint8Array,
  now: number,
): Promise<ResponderCertificate> {
  const serial = randomBytes(RESPONDER_SERIAL_BYTES);
  serial[0] = ((serial[0] ?? 0) & SIGN_BIT) | 1;
  const notBefore = now - RESPONDER_BACKDATE_S;
  const encode = async (signature: Uint8Array): Promise<Buffer> => {
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial.toString('hex'),
      // As bytes: a name that is written another way is another name.
      issuer: new Name(new Uint8Array(authority.subject)),
      subject: `CN=ocsp.${authority.name}`,
      notBefore: new Date(notBefore * MS),
      notAfter: new Date((notBefore + RESPONDER_LIFETIME_S) * MS),
      publicKey: new PublicKey(Buffer.concat([P256_SPKI, point])),
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([OCSP_SIGNING]),
        new Extension(OCSP_NO_CHECK, false, DER_NULL),
        new AuthorityKeyIdentifierExtension(authority.keyId),
        new SubjectKeyIdentifierExtension(createHash('sha256').update(point).digest('hex')),
      ],
      signature: new Uint8Array(signature),
    });
    return Buffer.from(certificate.rawData);
  };
  // Encoded twice: the library signs only with keys that it holds, and gives out the bytes to sign as part of the whole.
  const { tbs } = parseCertificate(await encode(Buffer.alloc(SIGNATURE_BYTES, 1)));
  const digest = createHash('sha256').update(tbs).digest();
  const der = await encode(await hsm.signById(authority.hsmId, digest));
  return assertSound(der, tbs, authority);
}

function assertSound(der: Buffer, tbs: Buffer, authority: NamedAuthority): ResponderCertificate {
  const fields = parseCertificate(der);
  if (!fields.tbs.equals(tbs) || !fields.issuer.equals(authority.subject)) {
    throw new Error('the certificate of the OCSP responder is not what was signed');
  }
  return { der, fields };
}
