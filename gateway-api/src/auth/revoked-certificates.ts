import { type X509Certificate } from 'node:crypto';
import { normalizeSerial } from '@maker-registry/pki';
import { RegistryError } from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { type Authority } from './certificate-authorities';

/** Asserts that a certificate of the CA is not revoked. */
export type AssertNotRevoked = (certificate: X509Certificate, issuer: Authority) => Promise<void>;

/**
 * Looks certificates up among the revocations from which this operator's CRLs are made. Those of other operators are
 * theirs to tell.
 *
 * @returns A check that throws RegistryError CERTIFICATE_REVOKED or MIRROR_UNAVAILABLE.
 */
export function revocationCheck(pool: Pool): AssertNotRevoked {
  return async (certificate, issuer) => {
    if (issuer.keyId === undefined) return;
    const serial = normalizeSerial(certificate.serialNumber);
    const { rowCount } = await forRequest(() =>
      pool.query({
        name: 'certificate_revoked',
        text: 'SELECT 1 FROM gateway.certificates_revoked WHERE authority_key_id = $1 AND serial = $2',
        values: [issuer.keyId, serial],
      }),
    );
    if (rowCount === 0) return;
    throw new RegistryError('CERTIFICATE_REVOKED', 'The certificate is revoked by its CA.', {
      subject: serial,
    });
  };
}
