import { type X509Certificate } from 'node:crypto';
import { normalizeSerial } from '@maker-registry/pki';
import { RegistryError } from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { type Authority } from './certificate-authorities';

/** Asserts that a certificate of the CA is not revoked. */
export type AssertNotRevoked = (certificate: X509Certificate, issuer: Authority) => Promise<void>;

/**
 * Looks certificates up among the revocations on the ledger: what the organization of the issuing CA says of them. A
 * certificate on hold is no more accepted than a revoked one.
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
        text: `SELECT 1 FROM registry.certificate_revocations
               WHERE msp_id = $1 AND aki = $2 AND serial = $3 AND state IS DISTINCT FROM 'released'`,
        values: [issuer.mspId, issuer.keyId, serial],
      }),
    );
    if (rowCount === 0) return;
    throw new RegistryError('CERTIFICATE_REVOKED', 'The certificate is revoked by its CA, or on hold.', {
      subject: serial,
    });
  };
}
