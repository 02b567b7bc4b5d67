import { type Migration } from '../../database/migrations/migration';
import { TRUST } from './0003-trust';
import { DEVICE_WARNINGS } from './0009-device-warnings';

/** Steps of the trust services, to follow the gateway's own. */
export const TRUST_MIGRATIONS: readonly Migration[] = [TRUST, DEVICE_WARNINGS];
