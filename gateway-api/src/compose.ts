import { type Client } from '@grpc/grpc-js';
import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { ActService, type ActServiceDependencies } from './acts/act-service';
import { ActStore } from './acts/act-store';
import { TokenAuthenticator } from './auth/bearer-token';
import { readAuthorities } from './auth/certificate-authorities';
import { CertificateAuthenticator } from './auth/client-certificate';
import { revocationCheck } from './auth/revoked-certificates';
import { type GatewayConfig } from './config/config';
import { type GatewayContext } from './context';
import { CommitStream } from './fabric/commit-stream';
import { FabricLedger, openFabricGateway } from './fabric/ledger';
import { OfflineSigning } from './fabric/offline-signing';
import { connectPeer } from './fabric/peer-connection';
import { openSigningIdentity } from './fabric/signing-identity';
import { type HsmClient } from './hsm';
import { Metrics } from './metrics';
import { ActorKeys } from './operations/actor-keys';
import { IssuedCertificates, witnessing } from './ocsp';
import { OperationExecutor } from './operations/executor';
import { OperationService } from './operations/operation-service';
import { OperationStore } from './operations/operation-store';
import { findIntent } from './operations/replay-lookup';
import { HeadTracker } from './reads/head-tracker';
import { MirrorFreshness } from './reads/mirror-freshness';
import { MirrorReads } from './reads/mirror-reads';
import { openReach } from './reach';
import { openReceipts } from './receipts/receipt-service';
import { type TrustSource } from './trust';

/** What the parts of a gateway are put together from. */
export interface Parts {
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

/** Puts the parts together; nothing runs yet. */
export function buildContext(parts: Parts): GatewayContext {
  const { config, logger, hsm, pool, stopping, trust } = parts;
  const { channel, chaincode } = config.network.entry;
  const peer = connectPeer(config.peer);
  const identity = openSigningIdentity(config.identity, hsm);
  const fabric = openFabricGateway(peer, identity);
  const network = fabric.getNetwork(channel);
  const commits = new CommitStream(network, logger);
  const ledger = new FabricLedger(fabric, commits, {
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
  const { mspId } = identity;
  const assertNotRevoked = witnessing(revocationCheck(pool), new IssuedCertificates(pool), mspId);
  metrics.observe({
    openOperations: () => operations.open,
    peerHeight: () => commits.height,
    mirrorHeight: () => head.height,
    mirrorContradicted: () => head.contradicted,
    hsm,
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
    freshness: new MirrorFreshness(commits, head),
    reads,
    actorKeys: new ActorKeys((actorId) => reads.actor(actorId)),
    operations,
    acts: buildActs(parts, peer, { operations, authorities, assertNotRevoked, mspId }),
    authorities,
    certificates: new CertificateAuthenticator(authorities, assertNotRevoked),
    tokens: new TokenAuthenticator(config.oidc),
    stopping,
    trust,
    reach: openReach(trust, {
      config,
      network,
      identity,
      pool,
      reads,
      authorities,
      assertNotRevoked,
      stopping,
    }),
    receipts: openReceipts(config, network, logger),
  };
}

function buildActs(
  { config, pool, stopping }: Parts,
  peer: Client,
  rest: Pick<ActServiceDependencies, 'operations' | 'authorities' | 'assertNotRevoked' | 'mspId'>,
): ActService {
  const { channel, chaincode } = config.network.entry;
  const signing = new OfflineSigning(peer, { channel, chaincode });
  return new ActService({ ...rest, store: new ActStore(pool), signing, signal: stopping });
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
