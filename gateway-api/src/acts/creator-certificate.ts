import { X509Certificate } from 'node:crypto';
import { RegistryError } from '@maker-registry/protocol';
import { type Authority, issuingAuthority } from '../auth/certificate-authorities';
import { certificateRole } from '../auth/certificate-roles';

/** The Fabric identity that performs a role act and signs it far from here. */
export interface Creator {
  readonly mspId: string;
  /** PEM in the form that OpenSSL writes, without text around it. */
  readonly certificate: string;
  readonly role: string | undefined;
  readonly parsed: X509Certificate;
  readonly issuer: Authority;
}

/**
 * Reads the certificate of a creator.
 *
 * @throws RegistryError CERTIFICATE_MALFORMED, CERTIFICATE_INVALID
 */
export function readCreator(
  mspId: string,
  pem: string,
  authorities: readonly Authority[],
  at: Date,
): Creator {
  const certificate = parse(pem);
  const issuer = issuingAuthority(
    certificate,
    authorities.filter((authority) => authority.purpose === 'identity' && authority.mspId === mspId),
    at,
  );
  if (issuer === undefined) {
    throw new RegistryError(
      'CERTIFICATE_INVALID',
      `No CA of ${mspId} issued this certificate, or it is not valid now.`,
      { subject: '/creator/certificate' },
    );
  }
  return {
    mspId,
    certificate: certificate.toString(),
    role: certificateRole(certificate.raw),
    parsed: certificate,
    issuer,
  };
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new RegistryError(
      'CERTIFICATE_MALFORMED',
      'The creator’s certificate is not an X.509 certificate in PEM.',
      {
        subject: '/creator/certificate',
        cause,
      },
    );
  }
}
