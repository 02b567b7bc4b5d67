import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { type CrlDeps, namedAuthorities } from '../crl';
import { type HsmClient } from '../hsm';
import { unixNow } from '../trust/clock';
import { CertificateStatuses } from './certificate-statuses';
import { IssuedCertificates } from './issued-certificates';
import { type OcspDeps, OcspResponder } from './ocsp-responder';
import { ResponderCertificates } from './responder-certificates';

/** What the OCSP responder of an operator is made of. */
export interface OpenOcspDeps extends Pick<OcspDeps, 'freshness'> {
  readonly config: CrlDeps['config'];
  readonly pool: Pool;
  readonly hsm: HsmClient;
  /** The current key of the role `ocsp`: its label in the token, and its uncompressed point. */
  readonly key: { readonly label: string; readonly point: Uint8Array };
  readonly logger: Logger;
}

/** The responder; an answer of an earlier key needs nothing from here, for it brings that key's certificate. */
export function openOcsp({ config, pool, hsm, key, logger, freshness }: OpenOcspDeps): OcspResponder {
  const issued = new IssuedCertificates(pool);
  return new OcspResponder({
    authorities: namedAuthorities(config.certificateAuthorities),
    statuses: new CertificateStatuses(pool, config.mspId),
    certificates: new ResponderCertificates({ pool, hsm, issued, point: key.point, now: unixNow }),
    hsm,
    keyLabel: key.label,
    freshness,
    logger,
    now: unixNow,
  });
}
