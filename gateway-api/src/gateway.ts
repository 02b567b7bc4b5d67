import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { ActService } from './acts/act-service';
import { ActStore } from './acts/act-store';
import { createApp } from './app';
import { type Authority, readAuthorities } from './auth/certificate-authorities';
import { CertificateAuthenticator } from './auth/client-certificate';
import { TokenAuthenticator } from './auth/bearer-token';
import { revocationCheck } from './auth/revoked-certificates';
import { type GatewayConfig } from './config/config';
import { type GatewayContext } from './context';
import { migrate } from './database/migrate';
import { openPool } from './database/pool';
import { CommitStream } from './fabric/commit-stream';
import { FabricLedger, openFabricGateway } from './fabric/ledger';
import { OfflineSigning } from './fabric/offline-signing';
import { connectPeer } from './fabric/peer-connection';
import { openSigningIdentity } from './fabric/signing-identity';
import { HsmClient } from './hsm';
import {
  HEADERS_MS,
  IDLE_SWEEP_MS,
  KEEP_ALIVE_MS,
  ORPHAN_AGE_S,
  REQUEST_MS,
  RETENTION_INTERVAL_MS,
  SHUTDOWN_MS,
  SWEEP_INTERVAL_MS,
} from './limits';
import { Metrics } from './metrics';
import { ActorKeys } from './operations/actor-keys';
import { backoff } from './timing/backoff';
import { OperationExecutor } from './operations/executor';
import { OperationService } from './operations/operation-service';
import { OperationStore } from './operations/operation-store';
import { findIntent } from './operations/replay-lookup';
import { HeadTracker } from './reads/head-tracker';
import { MirrorReads } from './reads/mirror-reads';
import { gatewayRoutes } from './routes/gateway-routes';
import { MirrorTrustReads, openTrustServices, type TrustServices, type TrustSource } from './trust';

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
  await prepareDatabase(pool, logger, stopping.signal);
  const trust = await openTrust(context);
  if (trust !== undefined) services.trust = trust;
  const server = openServer(context);
  await listen(server, config);
  logger.info({ host: config.host, port: config.port }, 'The gateway listens');
  void recover(context, 0);
  const timers = [
    setInterval(() => void recover(context, ORPHAN_AGE_S), SWEEP_INTERVAL_MS),
    setInterval(() => void removeOld(context), RETENTION_INTERVAL_MS),
  ];
  return {
    context,
    stop: async () => {
      logger.info('The gateway stops');
      stopping.abort();
      timers.forEach(clearInterval);
      await stopServer(server, context);
      halting.abort();
      await Promise.allSettled([context.commits.stop(), context.head.stop()]);
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
  const { config, pool, hsm, logger, reads, head, stopping } = context;
  if (config.trust === undefined || hsm === undefined) return undefined;
  const trustReads = new MirrorTrustReads(pool, reads);
  return openTrustServices({ config: config.trust, pool, hsm, logger, reads: trustReads, head, stopping });
}

interface Parts {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly hsm: HsmClient | undefined;
  readonly pool: Pool;
  /** No more requests are taken, callers no longer wait; operations go on. */
  readonly stopping: AbortSignal;
  /** Operations stop where they are; what is stored is resumed at the next start. */
  readonly halting: AbortSignal;
  readonly trust: TrustSource;
}

function buildContext(parts: Parts): GatewayContext {
  const { config, logger, hsm, pool, stopping, trust } = parts;
  const { channel, chaincode } = config.network.entry;
  const peer = connectPeer(config.peer);
  const identity = openSigningIdentity(config.identity, hsm);
  const fabric = openFabricGateway(peer, identity);
  const commits = new CommitStream(fabric.getNetwork(channel), logger);
  const ledger = new FabricLedger(fabric, commits, {
    client: peer,
    identity,
    channel,
    chaincode,
    concurrency: config.workers,
  });
  const metrics = new Metrics();
  const operations = buildOperations(parts, ledger, metrics);
  const head = new HeadTracker(config.databaseUrl, logger);
  const reads = new MirrorReads(pool);
  const authorities = readAuthorities(config.network);
  const assertNotRevoked = revocationCheck(pool);
  metrics.observe({
    openOperations: () => operations.open,
    peerHeight: () => commits.height,
    mirrorHeight: () => head.height,
  });
  return {
    config,
    logger,
    metrics,
    pool,
    peer,
    hsm,
    commits,
    head,
    reads,
    actorKeys: new ActorKeys((actorId) => reads.actor(actorId)),
    operations,
    acts: new ActService({
      store: new ActStore(pool),
      signing: new OfflineSigning(peer, { channel, chaincode }),
      operations,
      authorities,
      assertNotRevoked,
      mspId: identity.mspId,
      signal: stopping,
    }),
    certificates: new CertificateAuthenticator(authorities, assertNotRevoked),
    tokens: new TokenAuthenticator(config.oidc),
    stopping,
    trust,
  };
}

function buildOperations(
  { config, logger, pool, stopping, halting }: Parts,
  ledger: FabricLedger,
  metrics: Metrics,
): OperationService {
  const store = new OperationStore(pool, config.instance);
  const executor = new OperationExecutor({
    ledger,
    journal: store,
    findIntent: (intentId, signal) => findIntent(pool, intentId, signal),
    logger,
    events: {
      retried: (stage, reason) => {
        metrics.retries.inc({ stage, reason });
      },
      endorsed: (milliseconds) => {
        metrics.endorseSeconds.observe(milliseconds / 1_000);
      },
      committed: (milliseconds) => {
        metrics.commitSeconds.observe(milliseconds / 1_000);
      },
    },
    signal: halting,
  });
  return new OperationService({
    store,
    executor,
    maxOpen: config.maxOpenOperations,
    logger,
    stopping,
    halting,
    onEnded: ({ kind, status, problem }) => {
      metrics.operations.inc({ kind, status, code: problem?.code ?? 'none' });
    },
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

function openServer(context: GatewayContext): Server {
  const { config } = context;
  const authorities: readonly Authority[] = readAuthorities(config.network);
  const server = createServer(
    {
      cert: readFileSync(config.tls.certificateFile),
      key: readFileSync(config.tls.keyFile),
      ca: authorities.map((authority) => authority.pem),
      minVersion: 'TLSv1.2',
      // Callers without a certificate may read and relay; routes decide.
      requestCert: true,
      rejectUnauthorized: false,
    },
    createApp(context, gatewayRoutes(context)),
  );
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

function listen(server: Server, { host, port }: GatewayConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function recover({ operations, logger, stopping }: GatewayContext, ageS: number): Promise<void> {
  try {
    const count = await operations.recover(ageS);
    if (count > 0) logger.info({ count }, 'Open operations that nobody carried out were taken up');
  } catch (error) {
    if (!stopping.aborted) logger.error({ err: error }, 'Open operations could not be taken up');
  }
}

/** Waiting callers are answered at once, for their waits end with the stop. */
async function stopServer(server: Server, { operations }: GatewayContext): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  // A connection is idle only after its answer; those that are kept alive would hold the server open.
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_SWEEP_MS);
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, SHUTDOWN_MS);
  await Promise.all([closed, operations.drain(SHUTDOWN_MS)]);
  clearInterval(idle);
  clearTimeout(timer);
}

async function removeOld({ operations, config, logger }: GatewayContext): Promise<void> {
  try {
    const count = await operations.removeEnded(config.retentionDays);
    if (count > 0) logger.info({ count }, 'Old operations were removed');
  } catch (error) {
    logger.warn({ err: error }, 'Old operations could not be removed');
  }
}
