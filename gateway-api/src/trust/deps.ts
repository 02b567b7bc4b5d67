import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { type HsmClient } from '../hsm';
import { type HeadTracker } from '../reads/head-tracker';
import { type TrustReads } from './ledger-reads';
import { type TrustConfig } from './trust-config';

/** What the trust services are made of. */
export interface TrustDeps {
  readonly config: TrustConfig;
  readonly pool: Pool;
  readonly hsm: HsmClient;
  readonly logger: Logger;
  /** Ledger state as the mirror has it. */
  readonly reads: TrustReads;
  readonly head: Pick<HeadTracker, 'height' | 'waitFor'>;
  /** Aborted once the gateway stops: nobody waits any longer. */
  readonly stopping: AbortSignal;
}
