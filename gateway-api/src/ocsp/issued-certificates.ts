import { type X509Certificate } from 'node:crypto';
import { normalizeSerial, parseCertificate } from '@maker-registry/pki';
import { type Pool } from 'pg';
import { type Authority } from '../auth/certificate-authorities';
import { type AssertNotRevoked } from '../auth/revoked-certificates';
import { forRequest } from '../database/database-error';
import { MAX_REMEMBERED } from './limits';

/**
 * Serial numbers that a CA is known to have issued, because somebody showed the certificate and its signature is the CA's.
 * OCSP says "good" of these alone (RFC 6960 §2.2). The CA's own list is not asked: it gives it to CA admins only, and a
 * gateway that could ask as one could do more than ask.
 */
export class IssuedCertificates {
  readonly #pool: Pool;
  readonly #remembered = new Set<string>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Notes a certificate that the CA has signed: the caller has verified that. Throws MIRROR_UNAVAILABLE. */
  async witness(certificate: X509Certificate, issuer: Authority): Promise<void> {
    if (issuer.keyId === undefined) return;
    const key = `${issuer.keyId}/${certificate.serialNumber}`;
    if (this.#remembered.has(key)) return;
    const { notAfter } = parseCertificate(certificate.raw);
    await this.add(issuer.keyId, normalizeSerial(certificate.serialNumber), notAfter);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.add(key);
  }

  /** @param notAfter Unix seconds */
  async add(keyId: string, serial: string, notAfter: number): Promise<void> {
    await forRequest(() =>
      this.#pool.query({
        name: 'issued_certificate_add',
        text: `INSERT INTO gateway.issued_certificates (authority_key_id, serial, not_after) VALUES ($1, $2, $3)
               ON CONFLICT DO NOTHING`,
        values: [keyId, serial, notAfter],
      }),
    );
  }
}

/**
 * The check of revocation, which also notes what it sees of this organization's certificates: whoever signs in has shown
 * one. That it can't be noted keeps nobody out.
 */
export function witnessing(
  check: AssertNotRevoked,
  issued: IssuedCertificates,
  mspId: string,
): AssertNotRevoked {
  return async (certificate, issuer) => {
    await check(certificate, issuer);
    if (issuer.mspId === mspId) await issued.witness(certificate, issuer).catch(() => undefined);
  };
}
