import { setMaxListeners } from 'node:events';
import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { REPORT_CHECK_MS } from './audit/limits';
import { openReports } from './audit/open-reports';
import { buildContext } from './compose';
import { type GatewayConfig } from './config/config';
import { type GatewayContext } from './context';
import { migrate } from './database/migrate';
import { openPool } from './database/pool';
import { HsmClient } from './hsm';
import { ORPHAN_AGE_S, RETENTION_INTERVAL_MS, SWEEP_INTERVAL_MS } from './limits';
import { listen, openServer, stopServer } from './server';
import { backoff } from './timing/backoff';
import { MirrorSnapshots, MirrorTrustReads, openTrustServices, type TrustServices } from './trust';

/** A gateway that answers requests. */
export interface RunningGateway {
  readonly context: GatewayContext;
  /** Finishes what is in flight, up to SHUTDOWN_MS, and lets go of everything. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a gateway: opens the HSM, connects to the peer and the database, takes up open operations and listens.
 * Waits for a database that is away; fails on what waiting can't cure.
 */
export async function startGateway(config: GatewayConfig, logger: Logger): Promise<RunningGateway> {
  const stopping = new AbortController();
  const halting = new AbortController();
  // Every open operation and waiting caller listens to these; their number is bounded elsewhere.
  setMaxListeners(0, stopping.signal, halting.signal);
  const hsm = await openHsm(config);
  const pool = openPool(config, logger);
  const services: { trust?: TrustServices } = {};
  const context = buildContext({
    config,
    logger,
    hsm,
    pool,
    stopping: stopping.signal,
    halting: halting.signal,
    trust: () => services.trust,
  });
  context.commits.start();
  context.head.start();
  context.freshness.start();
  await prepareDatabase(pool, logger, stopping.signal);
  const trust = await openTrust(context);
  if (trust !== undefined) services.trust = trust;
  trust?.crls.start();
  const server = openServer(context);
  await listen(server, config);
  logger.info({ host: config.host, port: config.port }, 'The gateway listens');
  void recover(context, 0);
  const reports = openReports(context);
  const timers = [
    setInterval(() => void recover(context, ORPHAN_AGE_S), SWEEP_INTERVAL_MS),
    setInterval(() => void removeOld(context), RETENTION_INTERVAL_MS),
    setInterval(() => void reports?.issueDue(), REPORT_CHECK_MS),
  ];
  return {
    context,
    stop: async () => {
      logger.info('The gateway stops');
      stopping.abort();
      timers.forEach(clearInterval);
      await stopServer(server, context);
      halting.abort();
      context.freshness.stop();
      await Promise.allSettled([context.commits.stop(), context.head.stop()]);
      context.reach.peers.close();
      context.peer.close();
      await Promise.allSettled([pool.end(), hsm?.close()]);
    },
  };
}

async function openHsm({ hsm }: GatewayConfig): Promise<HsmClient | undefined> {
  if (hsm === undefined) return undefined;
  const { module, token, pinFile, softhsmConf } = hsm;
  const environment = softhsmConf === undefined ? {} : { SOFTHSM2_CONF: softhsmConf };
  return HsmClient.open({ module, token, pinFile, environment });
}

/** The trust services make their keys in the HSM at the first start, and need their tables for it. */
async function openTrust(context: GatewayContext): Promise<TrustServices | undefined> {
  const { config, pool, hsm, logger, reads, head, freshness, stopping } = context;
  if (config.trust === undefined || hsm === undefined) return undefined;
  const trustReads = new MirrorTrustReads(pool, reads);
  return openTrustServices({
    config: config.trust,
    pool,
    hsm,
    logger,
    reads: trustReads,
    snapshots: new MirrorSnapshots(pool, config.network.entry.chaincode),
    head,
    freshness,
    stopping,
  });
}

async function prepareDatabase(pool: Pool, logger: Logger, signal: AbortSignal): Promise<void> {
  for (let repetition = 0; ; repetition += 1) {
    try {
      const steps = await migrate(pool);
      if (steps > 0) logger.info({ steps }, 'The schema of the gateway was prepared');
      return;
    } catch (error) {
      logger.warn({ err: error }, 'The database can not be prepared yet');
      await backoff(repetition, signal);
    }
  }
}

async function recover({ operations, logger, stopping }: GatewayContext, ageS: number): Promise<void> {
  try {
    const count = await operations.recover(ageS);
    if (count > 0) logger.info({ count }, 'Open operations that nobody carried out were taken up');
  } catch (error) {
    if (!stopping.aborted) logger.error({ err: error }, 'Open operations could not be taken up');
  }
}

async function removeOld({ operations, config, logger }: GatewayContext): Promise<void> {
  try {
    const count = await operations.removeEnded(config.retentionDays);
    if (count > 0) logger.info({ count }, 'Old operations were removed');
  } catch (error) {
    logger.warn({ err: error }, 'Old operations could not be removed');
  }
}
