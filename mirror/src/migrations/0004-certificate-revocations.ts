import { type Migration } from './migration';

/** What organizations say of the X.509 certificates of their CAs: one row each, as it is now. */
export const CERTIFICATE_REVOCATIONS: Migration = {
  number: 4,
  name: 'certificate-revocations',
  sql: `
    CREATE TABLE certificate_revocations (
      -- Counts for certificates of this organization's own CAs only
      msp_id text NOT NULL,
      -- authorityKeyIdentifier and serial number, lower-case hex
      aki text NOT NULL,
      serial text NOT NULL,
      state text,
      -- NULL: unspecified
      reason text,
      -- Unix seconds; of the first hold or revocation since it was last good
      revoked_at bigint,
      -- Transaction of that moment
      revoked_tx_id text,
      invalidity_date bigint,
      expires_at bigint,
      ticket text,
      version bigint,
      -- Unix seconds and transaction of the last change
      updated_at bigint,
      tx_id text,
      doc jsonb NOT NULL,
      created_block bigint NOT NULL,
      created_tx_index integer NOT NULL,
      block bigint NOT NULL,
      tx_index integer NOT NULL,
      PRIMARY KEY (msp_id, aki, serial)
    );
    -- The certificates of one CA as they came, for listings
    CREATE INDEX certificate_revocations_created
      ON certificate_revocations (msp_id, created_block, created_tx_index, aki, serial);
    -- What changed since a height, for delta CRLs and for whoever follows
    CREATE INDEX certificate_revocations_changed ON certificate_revocations (aki, block);
  `,
};
