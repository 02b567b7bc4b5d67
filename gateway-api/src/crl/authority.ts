import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { parseCertificate } from '@maker-registry/pki';
import { ConfigError } from '../config/config-error';

/** A CA whose key is in the organization's token. */
export interface CertificateAuthority {
  /** DER. */
  readonly certificate: Buffer;
  readonly publicKey: KeyObject;
  /** DER of its name. */
  readonly subject: Buffer;
  /** subjectKeyIdentifier, hex: the authorityKeyIdentifier of what it issued. */
  readonly keyId: string;
  /** CKA_ID under which Fabric CA keeps its key: SHA-256 of the public point. */
  readonly hsmId: string;
}

/** Reads a CA's certificate (PEM). Throws ConfigError where it can't issue CRLs that anybody takes. */
export function readCertificateAuthority(pem: string): CertificateAuthority {
  const { raw: certificate, publicKey } = new X509Certificate(pem);
  const { subject, subjectKeyIdentifier } = parseCertificate(certificate);
  if (subjectKeyIdentifier === undefined) {
    throw new ConfigError('REGISTRY_NETWORK_FILE', 'a CA certificate has no subjectKeyIdentifier');
  }
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return {
    certificate,
    publicKey,
    subject,
    keyId: subjectKeyIdentifier.toString('hex'),
    hsmId: createHash('sha256').update(point).digest('hex'),
  };
}
