import { type Migration } from '../../database/migrations/migration';

/** What the newest quote of a device fell short in: tokens for the device are narrowed by it. */
export const DEVICE_WARNINGS: Migration = {
  number: 9,
  name: 'device-warnings',
  sql: `
    -- Names of checks that warned, as the attestation policy lists them
    ALTER TABLE gateway.devices ADD COLUMN warnings jsonb NOT NULL DEFAULT '[]';
  `,
};
