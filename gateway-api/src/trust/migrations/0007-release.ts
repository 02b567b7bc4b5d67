import { type Migration } from '../../database/migrations/migration';

/** Key release by sessions, and deposits of several operators or wrapping keys side by side. */
export const RELEASE: Migration = {
  number: 7,
  name: 'release',
  sql: `
    -- The wrapping key is part of a deposit's name: while wrapping keys overlap both deposits stand, and operators that
    -- share a database don't overwrite each other's.
    ALTER TABLE gateway.deposited_keys DROP CONSTRAINT deposited_keys_pkey;
    ALTER TABLE gateway.deposited_keys ADD PRIMARY KEY (artifact_id, version, kid);

    CREATE TABLE gateway.release_sessions (
      -- SHA-256 of the cookie: whoever reads the table can't take a session over
      session_digest bytea PRIMARY KEY,
      operator text NOT NULL,
      challenge_id uuid NOT NULL,
      -- What the evidence admits to; null until it was judged
      admission jsonb,
      used_at timestamptz,
      expires_at timestamptz NOT NULL
    );
    CREATE INDEX release_sessions_expires_at ON gateway.release_sessions (expires_at);

    ALTER TABLE gateway.releases
      -- The operator that decided; null in rows from before there was a choice
      ADD COLUMN operator text,
      -- 'attest': judged by its evidence; 'release': judged by the ledger once more, when the key was handed over
      ADD COLUMN stage text NOT NULL DEFAULT 'release' CHECK (stage IN ('attest', 'release'));
  `,
};
