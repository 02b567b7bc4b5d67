import { type Migration } from './migration';

/**
 * What the mirror found against its peer, against other organizations' peers and against its own tables, and how the
 * peers of all organizations compare. Neither is a function of the ledger: no digest covers them, and a rebuild carries
 * the findings over.
 */
export const FINDINGS: Migration = {
  number: 6,
  name: 'findings',
  sql: `
    -- While a row has no resolution, nothing is written and readers must not rely on the tables.
    CREATE TABLE findings (
      finding_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      found_at timestamptz NOT NULL DEFAULT now(),
      -- Whose word was found wrong: 'own-peer' | 'other-peer' | 'tables'
      source text NOT NULL CHECK (source IN ('own-peer', 'other-peer', 'tables')),
      -- MSP id of the other peer
      organization text,
      block bigint,
      -- Which check failed, e.g. COMMIT_HASH_MISMATCH, PEER_DISAGREES, TABLES_DIFFER
      code text NOT NULL,
      expected text,
      actual text,
      tx_index integer,
      tx_id text,
      -- Ledger key, its parts joined by '/'; or the table's name and row
      key text,
      message text NOT NULL,
      resolved_at timestamptz,
      -- What the operator found, in its own words
      resolution text
    );
    CREATE INDEX findings_open ON findings (finding_id) WHERE resolved_at IS NULL;

    -- How each other organization's peer compared last.
    CREATE TABLE witnesses (
      organization text PRIMARY KEY,
      endpoint text NOT NULL,
      -- 'agrees' | 'disagrees' | 'away'
      state text NOT NULL,
      -- Number of the newest block at which it agreed, and of the newest it had; null before the first
      agreed_block bigint,
      peer_block bigint,
      reason text,
      checked_at timestamptz NOT NULL DEFAULT now()
    );
  `,
};
