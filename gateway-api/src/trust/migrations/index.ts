import { type Migration } from '../../database/migrations/migration';
import { TRUST } from './0003-trust';

/** Steps of the trust services, to follow the gateway's own. */
export const TRUST_MIGRATIONS: readonly Migration[] = [TRUST];
