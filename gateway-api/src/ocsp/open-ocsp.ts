import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { type CrlDeps, namedAuthorities } from '../crl';
import { ensureKey, type HsmClient } from '../hsm';
import { unixNow } from '../trust/clock';
import { CertificateStatuses } from './certificate-statuses';
import { IssuedCertificates } from './issued-certificates';
import { OCSP_KEY, type OcspDeps, OcspResponder } from './ocsp-responder';
import { ResponderCertificates } from './responder-certificates';

/** What the OCSP responder of an operator is made of. */
export interface OpenOcspDeps extends Pick<OcspDeps, 'freshness'> {
  readonly config: CrlDeps['config'];
  readonly pool: Pool;
  readonly hsm: HsmClient;
  readonly logger: Logger;
}

/** Opens the responder; makes its key in the HSM at the first start. Throws HsmError. */
export async function openOcsp({
  config,
  pool,
  hsm,
  logger,
  freshness,
}: OpenOcspDeps): Promise<OcspResponder> {
  const point = await ensureKey(hsm, OCSP_KEY, 'sign');
  const issued = new IssuedCertificates(pool);
  return new OcspResponder({
    authorities: namedAuthorities(config.certificateAuthorities),
    statuses: new CertificateStatuses(pool, config.mspId),
    certificates: new ResponderCertificates({ pool, hsm, issued, point, now: unixNow }),
    hsm,
    freshness,
    logger,
    now: unixNow,
  });
}
