import { type Migration } from '../../database/migrations/migration';

/**
 * Which revocations the organization's Fabric CA has taken. Everything else that the status of a revocation says is asked
 * of ledger, CRLs, configuration and peers; of the Fabric CA only its own admin may ask.
 */
export const REACH: Migration = {
  number: 5,
  name: 'reach',
  sql: `
    CREATE TABLE gateway.fabric_ca_revocations (
      authority_key_id text NOT NULL,
      serial text NOT NULL,
      reached_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (authority_key_id, serial)
    );
  `,
};
