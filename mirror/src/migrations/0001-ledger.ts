import { type Migration } from './migration';

/**
 * What the blocks say, before any interpretation.
 *
 * Digests are lower-case hex. `key` and `value` are bytea because a ledger key holds U+0000 (composite keys) and a
 * value may hold any byte, neither of which PostgreSQL's text can.
 * No column says when the mirror wrote a row: equal ledgers give equal tables.
 */
export const LEDGER: Migration = {
  number: 1,
  name: 'ledger',
  sql: `
    -- One row. height is the number of the newest block written (-1: none yet), not the count of blocks.
    CREATE TABLE head (
      singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
      height bigint NOT NULL DEFAULT -1,
      header_hash text,
      commit_hash text,
      genesis_hash text,
      -- Set when a block contradicts the chain before it; the mirror then writes nothing more.
      -- {"block", "check", "expected", "actual", "message"}
      halted jsonb
    );
    INSERT INTO head DEFAULT VALUES;

    CREATE TABLE blocks (
      number bigint PRIMARY KEY,
      header_hash text NOT NULL UNIQUE,
      previous_hash text NOT NULL,
      data_hash text NOT NULL,
      commit_hash text,
      tx_count integer NOT NULL,
      valid_count integer NOT NULL,
      last_config bigint,
      ledger_time bigint
    );

    -- Valid and invalid alike; validation_code by its Fabric name.
    CREATE TABLE transactions (
      block bigint NOT NULL REFERENCES blocks (number),
      tx_index integer NOT NULL,
      -- Claimed by the envelope; '' in configuration updates. Not unique: a DUPLICATE_TXID repeats it.
      tx_id text NOT NULL,
      type text NOT NULL,
      validation_code text NOT NULL,
      creator_msp text,
      creator_subject text,
      creator_role text,
      chaincode text,
      -- 'contract:Function'
      function text,
      -- The one argument as text: a DSSE envelope or the JSON of a role act. U+0000 and broken UTF-8 appear as U+FFFD.
      argument text,
      intent_id text,
      intent_type text,
      -- actor_id that signed the intent
      actor text,
      -- MSP ids, sorted
      endorsers text[] NOT NULL DEFAULT '{}',
      -- Unix seconds of the channel header: chosen by the submitter. Order comes from (block, tx_index).
      ledger_time bigint,
      PRIMARY KEY (block, tx_index)
    );
    CREATE INDEX transactions_tx_id ON transactions (tx_id);
    CREATE INDEX transactions_intent_id ON transactions (intent_id) WHERE intent_id IS NOT NULL;
    CREATE INDEX transactions_actor ON transactions (actor, block, tx_index) WHERE actor IS NOT NULL;
    CREATE INDEX transactions_invalid ON transactions (validation_code, block, tx_index)
      WHERE validation_code <> 'VALID';

    -- Writes of valid transactions, in the order of their read-write set.
    -- collection '' = public state; otherwise key and value are the 32-byte hashes the ledger holds.
    -- A metadata-only write (an endorsement policy set without a put) has is_metadata and no value.
    CREATE TABLE writes (
      block bigint NOT NULL,
      tx_index integer NOT NULL,
      ordinal integer NOT NULL,
      namespace text NOT NULL,
      collection text NOT NULL DEFAULT '',
      key bytea NOT NULL,
      is_delete boolean NOT NULL DEFAULT false,
      is_metadata boolean NOT NULL DEFAULT false,
      value bytea,
      PRIMARY KEY (block, tx_index, ordinal),
      FOREIGN KEY (block, tx_index) REFERENCES transactions (block, tx_index)
    );
    -- Keys are indexed by digest: a chaincode may write keys longer than an index entry can be.
    CREATE INDEX writes_key ON writes (namespace, collection, sha256(key), block, tx_index);

    -- The current value of every key, with the transaction that last changed its version.
    CREATE TABLE state (
      namespace text NOT NULL,
      collection text NOT NULL DEFAULT '',
      key bytea NOT NULL,
      key_digest bytea GENERATED ALWAYS AS (sha256(key)) STORED,
      value bytea NOT NULL,
      block bigint NOT NULL,
      tx_index integer NOT NULL,
      PRIMARY KEY (namespace, collection, key_digest)
    );

    -- Channel configurations in the order they came into force.
    CREATE TABLE channel_configs (
      block bigint PRIMARY KEY,
      sequence bigint NOT NULL,
      -- [{"id", "msp_id", "endpoint"}]
      consenters jsonb NOT NULL,
      quorum integer NOT NULL,
      msp_ids text[] NOT NULL,
      -- The ConfigEnvelope's bytes, from which a follower that starts here verifies the next blocks.
      config bytea NOT NULL
    );

    -- What a valid transaction touched: the timeline of an artifact, actor, right, license, key, …
    CREATE TABLE subjects (
      subject_id text NOT NULL,
      block bigint NOT NULL,
      tx_index integer NOT NULL,
      -- 'actor' | 'artifact' | 'license' | 'right' | 'key' (id: its artifact's) | 'device' | 'proposal' | 'parameters'
      subject_type text NOT NULL,
      -- 'object': the transaction wrote it; 'mention': a written document names it.
      relation text NOT NULL,
      PRIMARY KEY (subject_id, block, tx_index, subject_type)
    );
  `,
};
