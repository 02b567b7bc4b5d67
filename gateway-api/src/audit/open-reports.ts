import { type GatewayContext } from '../context';
import { AuditReports } from './audit-reports';

const MS = 1_000;

/** The operator's reports; undefined where the gateway runs without an HSM, which alone can sign them. */
export function openReports(context: GatewayContext): AuditReports | undefined {
  const { config, pool, head, logger } = context;
  const services = context.trust();
  if (services === undefined) return undefined;
  const { chaincode, genesis_hash: network } = config.network.entry;
  return new AuditReports({
    source: { pool, chaincode },
    head,
    logger,
    signer: services.reportSigner,
    issuer: config.organization.msp_id,
    network,
    intervalS: config.reportIntervalS,
    now: () => Math.floor(Date.now() / MS),
  });
}
