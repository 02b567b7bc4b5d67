import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { type HsmClient } from '../hsm';
import { type HeadTracker } from '../reads/head-tracker';
import { type MirrorFreshness } from '../reads/mirror-freshness';
import { type TrustReads } from './ledger-reads';
import { type SnapshotSource } from './lists/ledger-snapshot';
import { type TrustConfig } from './trust-config';

/** What the trust services are made of. */
export interface TrustDeps {
  readonly config: TrustConfig;
  readonly pool: Pool;
  readonly hsm: HsmClient;
  readonly logger: Logger;
  /** Ledger state as the mirror has it. */
  readonly reads: TrustReads;
  /** The same state, several questions at one height. */
  readonly snapshots: SnapshotSource;
  readonly head: Pick<HeadTracker, 'height' | 'waitFor'>;
  /** How old the state may be that `reads` gives. */
  readonly freshness: Pick<MirrorFreshness, 'currentAt' | 'assertFresh'>;
  /** Aborted once the gateway stops: nobody waits any longer. */
  readonly stopping: AbortSignal;
}
