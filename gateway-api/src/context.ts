import { type Client } from '@grpc/grpc-js';
import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { type ActService } from './acts/act-service';
import { type Authority } from './auth/certificate-authorities';
import { type CertificateAuthenticator } from './auth/client-certificate';
import { type TokenAuthenticator } from './auth/bearer-token';
import { type GatewayConfig } from './config/config';
import { type CommitStream } from './fabric/commit-stream';
import { type HsmClient } from './hsm';
import { type Metrics } from './metrics';
import { type ActorKeys } from './operations/actor-keys';
import { type OperationService } from './operations/operation-service';
import { type HeadTracker } from './reads/head-tracker';
import { type MirrorFreshness } from './reads/mirror-freshness';
import { type MirrorReads } from './reads/mirror-reads';
import { type Reach } from './reach';
import { type ReceiptService } from './receipts/receipt-service';
import { type TrustSource } from './trust';

/** The parts of a running gateway that its routes use. */
export interface GatewayContext {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly pool: Pool;
  readonly peer: Client;
  readonly hsm: HsmClient | undefined;
  readonly commits: CommitStream;
  readonly head: HeadTracker;
  readonly freshness: MirrorFreshness;
  readonly reads: MirrorReads;
  readonly actorKeys: ActorKeys;
  readonly operations: OperationService;
  readonly acts: ActService;
  /** The CAs of all organizations. */
  readonly authorities: readonly Authority[];
  readonly certificates: CertificateAuthenticator;
  readonly tokens: TokenAuthenticator;
  /** Aborted once the gateway stops. */
  readonly stopping: AbortSignal;
  readonly trust: TrustSource;
  /** How revocations get into Fabric itself. */
  readonly reach: Reach;
  readonly receipts: ReceiptService;
}
