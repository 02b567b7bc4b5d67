import { type Migration } from './migration';

/** Columns every typed table has: the document, the transaction of its first and of its last write. */
const PLACE = `
      doc jsonb NOT NULL,
      created_block bigint NOT NULL,
      created_tx_index integer NOT NULL,
      block bigint NOT NULL,
      tx_index integer NOT NULL`;

/**
 * The typed tables: one row for each ledger object, its document as jsonb and the columns that are searched.
 * Listing orders by (created_block, created_tx_index, id), which never changes for a row: cursors stay valid.
 * U+0000 inside a document's strings appears as U+FFFD, for jsonb can't hold it; `state` has the exact bytes.
 */
export const DOCUMENTS: Migration = {
  number: 2,
  name: 'documents',
  sql: `
    CREATE TABLE actors (
      actor_id text PRIMARY KEY,
      name text,
      status text,
      -- keyid of the current key
      current_keyid text,${PLACE}
    );

    CREATE TABLE artifacts (
      artifact_id text PRIMARY KEY,
      kind text,
      maker text,
      name text,
      version text,
      state text,
      risk_class text,
      license_id text,
      root_digest text,${PLACE}
    );
    CREATE INDEX artifacts_created ON artifacts (created_block, created_tx_index, artifact_id);
    CREATE INDEX artifacts_kind ON artifacts (kind, created_block, created_tx_index, artifact_id);
    CREATE INDEX artifacts_maker ON artifacts (maker, created_block, created_tx_index, artifact_id);
    CREATE INDEX artifacts_state ON artifacts (state, created_block, created_tx_index, artifact_id);
    CREATE INDEX artifacts_name ON artifacts (name, created_block, created_tx_index, artifact_id);
    CREATE INDEX artifacts_root_digest ON artifacts (root_digest);

    CREATE TABLE licenses (
      license_id text PRIMARY KEY,
      licensor text,
      name text,${PLACE}
    );
    CREATE INDEX licenses_licensor ON licenses (licensor, created_block, created_tx_index, license_id);

    CREATE TABLE rights (
      right_id text PRIMARY KEY,
      artifact_id text,
      license_id text,
      maker text,
      holder text,
      device_id text,
      purpose text,
      status text,
      version bigint,
      expires_at bigint,
      last_transfer_at bigint,${PLACE}
    );
    CREATE INDEX rights_created ON rights (created_block, created_tx_index, right_id);
    CREATE INDEX rights_holder ON rights (holder, created_block, created_tx_index, right_id);
    CREATE INDEX rights_artifact ON rights (artifact_id, created_block, created_tx_index, right_id);
    CREATE INDEX rights_maker ON rights (maker, created_block, created_tx_index, right_id);
    -- For the revocation list: rights whose tokens of an earlier holder may still be unexpired.
    CREATE INDEX rights_last_transfer ON rights (last_transfer_at) WHERE version > 1;

    CREATE TABLE content_keys (
      artifact_id text PRIMARY KEY,
      current bigint,${PLACE}
    );

    CREATE TABLE sales (
      right_id text NOT NULL,
      version bigint NOT NULL,
      artifact_id text,
      seller text,
      buyer text,
      currency text,
      -- Minor units
      amount numeric,${PLACE},
      PRIMARY KEY (right_id, version)
    );
    CREATE INDEX sales_created ON sales (created_block, created_tx_index, right_id, version);
    CREATE INDEX sales_seller ON sales (seller, created_block, created_tx_index);
    CREATE INDEX sales_buyer ON sales (buyer, created_block, created_tx_index);

    CREATE TABLE revocations (
      number bigint PRIMARY KEY,
      subject_type text,
      subject_id text,
      key_version bigint,
      kind text,
      reason_code text,
      final boolean,
      -- A later entry of kind 'release' lifted this one.
      lifted boolean NOT NULL,
      -- On an entry of kind 'release': the number it lifts.
      releases bigint,${PLACE}
    );
    CREATE INDEX revocations_subject ON revocations (subject_id, number);
    CREATE INDEX revocations_in_force ON revocations (number) WHERE NOT lifted AND kind <> 'release';

    -- One row: the newest number of the ledger's revocation chain and the hash of that entry.
    CREATE TABLE revocation_heads (
      id text PRIMARY KEY,
      number bigint,
      hash text,${PLACE}
    );

    -- Every version; the one in force has the greatest number.
    CREATE TABLE parameters (
      version bigint PRIMARY KEY,${PLACE}
    );

    CREATE TABLE proposals (
      proposal_id text PRIMARY KEY,
      status text,${PLACE}
    );

    -- Nonces used: intent_id found here was committed.
    CREATE TABLE intents (
      actor text NOT NULL,
      nonce text NOT NULL,
      intent_id text,${PLACE},
      PRIMARY KEY (actor, nonce)
    );
    CREATE INDEX intents_intent_id ON intents (intent_id);
  `,
};
