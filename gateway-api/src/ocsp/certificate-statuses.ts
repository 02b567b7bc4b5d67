import { type CertificateReason } from '@maker-registry/protocol';
import { type OcspCertificateStatus } from '@maker-registry/pki';
import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';

interface Row {
  readonly serial: string;
  readonly revoked: boolean | null;
  readonly revoked_at: string | null;
  readonly reason: CertificateReason | null;
  readonly issued: boolean;
}

/** What is known of certificates of this operator's CAs: revocations from the ledger, issuance from what was shown. */
export class CertificateStatuses {
  readonly #pool: Pool;
  readonly #mspId: string;

  constructor(pool: Pool, mspId: string) {
    this.#pool = pool;
    this.#mspId = mspId;
  }

  /**
   * In the order of the serials. A hold is "revoked" with the reason `certificateHold` (RFC 6960 §2.2); a serial number that
   * nobody has shown and nobody has revoked is "unknown".
   */
  async of(keyId: string, serials: readonly string[]): Promise<OcspCertificateStatus[]> {
    const { rows } = await forRequest(() =>
      this.#pool.query<Row>({
        name: 'ocsp_statuses',
        text: `SELECT s.serial, r.state IS DISTINCT FROM 'released' AND r.state IS NOT NULL AS revoked, r.revoked_at, r.reason,
                 EXISTS (SELECT FROM gateway.issued_certificates AS i
                   WHERE i.authority_key_id = $1 AND i.serial = s.serial) AS issued
               FROM unnest($2::text[]) WITH ORDINALITY AS s (serial, place)
               LEFT JOIN registry.certificate_revocations AS r
                 ON r.msp_id = $3 AND r.aki = $1 AND r.serial = s.serial
               ORDER BY s.place`,
        values: [keyId, serials, this.#mspId],
      }),
    );
    return rows.map(statusOf);
  }
}

function statusOf({ revoked, revoked_at: revokedAt, reason, issued }: Row): OcspCertificateStatus {
  if (revoked === true) {
    return { status: 'revoked', revokedAt: Number(revokedAt), ...(reason === null ? {} : { reason }) };
  }
  return { status: issued ? 'good' : 'unknown' };
}
