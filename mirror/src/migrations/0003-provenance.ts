import { type Migration } from './migration';

/** Columns every typed table has: the document, the transaction of its first and of its last write. */
const PLACE = `
      doc jsonb NOT NULL,
      created_block bigint NOT NULL,
      created_tx_index integer NOT NULL,
      block bigint NOT NULL,
      tx_index integer NOT NULL`;

/** Where a row came to the ledger. Rows of one transaction, as the records of a batch, share it: an id breaks the tie. */
const ORDER = 'created_block, created_tx_index';

const MODELS = `
    CREATE TABLE models (
      model_ref text PRIMARY KEY,
      owner text,
      model_id text,
      model_version text,
      artifact_id text,
      risk_class text,
      frozen boolean,
      disabled boolean,
      -- Of the entry; model_versions has every one.
      version bigint,${PLACE}
    );
    CREATE INDEX models_created ON models (${ORDER}, model_ref);
    CREATE INDEX models_owner ON models (owner, ${ORDER}, model_ref);
    CREATE INDEX models_model_id ON models (model_id, ${ORDER}, model_ref);

    CREATE TABLE model_versions (
      model_ref text NOT NULL,
      version bigint NOT NULL,${PLACE},
      PRIMARY KEY (model_ref, version)
    );

    CREATE TABLE schemes (
      scheme_ref text PRIMARY KEY,
      model_ref text,
      scheme_id text,
      scheme_commitment text,
      status text,
      version bigint,${PLACE}
    );
    CREATE INDEX schemes_created ON schemes (${ORDER}, scheme_ref);
    CREATE INDEX schemes_model ON schemes (model_ref, ${ORDER}, scheme_ref);
    CREATE INDEX schemes_status ON schemes (status, ${ORDER}, scheme_ref);

    CREATE TABLE scheme_versions (
      scheme_ref text NOT NULL,
      version bigint NOT NULL,${PLACE},
      PRIMARY KEY (scheme_ref, version)
    );`;

const RECORDS = `
    CREATE TABLE records (
      model_ref text NOT NULL,
      content_hash text NOT NULL,
      scheme_ref text,
      -- 64 zeros where the content derives from nothing
      parent_hash text,
      -- Where the record names the parent's model; otherwise the parent is the first record of parent_hash: contents
      parent_model_ref text,
      nonce text,
      recorder text,
      key_version bigint,${PLACE},
      -- The content first, and no other index begins with it: a record is found by its whole key, however many models
      -- recorded the same content.
      PRIMARY KEY (content_hash, model_ref)
    );
    CREATE INDEX records_created ON records (${ORDER}, model_ref, content_hash);
    -- Without tie-breakers, to be small: the records of one transaction, at most 200, are sorted when read.
    CREATE INDEX records_parent ON records (parent_hash, ${ORDER});
    CREATE INDEX records_model ON records (model_ref, ${ORDER});
    CREATE INDEX records_scheme ON records (scheme_ref, ${ORDER});
    CREATE INDEX records_recorder ON records (recorder, ${ORDER});
    -- The way down a lineage, '' where the parent's model is not named. Apart from records_parent, so that records which
    -- name another model's record as their parent are not in the way, however many there are.
    CREATE INDEX records_derived
      ON records (parent_hash, coalesce(parent_model_ref, ''), ${ORDER}, model_ref, content_hash)
      WHERE parent_hash <> '${'0'.repeat(64)}';
    -- A watermark's payload is the first bits of the nonce: a range of text in byte order.
    CREATE INDEX records_payload ON records (scheme_ref, nonce COLLATE "C", model_ref);

    -- The record that registered a content first in ledger order, which is the one a parent_hash means.
    CREATE TABLE contents (
      content_hash text PRIMARY KEY,
      model_ref text,${PLACE}
    );`;

const POLICIES = `
    CREATE TABLE policies (
      model_ref text NOT NULL,
      content_hash text NOT NULL,
      rights_owner text,
      version bigint,
      status text,
      disputed boolean NOT NULL,${PLACE},
      PRIMARY KEY (model_ref, content_hash)
    );
    CREATE INDEX policies_created ON policies (${ORDER}, model_ref, content_hash);
    CREATE INDEX policies_content ON policies (content_hash, ${ORDER}, model_ref);
    CREATE INDEX policies_model ON policies (model_ref, ${ORDER}, content_hash);
    CREATE INDEX policies_rights_owner ON policies (rights_owner, ${ORDER}, model_ref, content_hash);

    CREATE TABLE policy_versions (
      model_ref text NOT NULL,
      content_hash text NOT NULL,
      version bigint NOT NULL,
      rights_owner text,
      policy_commitment text,${PLACE},
      PRIMARY KEY (model_ref, content_hash, version)
    );`;

const SETTLEMENTS = `
    CREATE TABLE settlements (
      settlement_id text PRIMARY KEY,
      payer text,
      settlement_ref text,
      model_ref text,
      content_hash text,
      currency text,
      -- Minor units, as every amount here
      amount numeric,
      stream_id text,
      -- Of all layers: how large the document is
      lines bigint NOT NULL,${PLACE}
    );
    CREATE INDEX settlements_created ON settlements (${ORDER}, settlement_id);
    CREATE INDEX settlements_payer ON settlements (payer, ${ORDER}, settlement_id);
    CREATE INDEX settlements_ref ON settlements (settlement_ref, payer);
    CREATE INDEX settlements_content ON settlements (content_hash, ${ORDER}, settlement_id);
    CREATE INDEX settlements_model ON settlements (model_ref, ${ORDER}, settlement_id);
    CREATE INDEX settlements_currency ON settlements (currency, ${ORDER}, settlement_id);
    CREATE INDEX settlements_stream ON settlements (stream_id, ${ORDER}, settlement_id) WHERE stream_id IS NOT NULL;

    -- What a settlement owes each party it names, computed from its document; amount is without what waits in suspense.
    CREATE TABLE settlement_credits (
      settlement_id text NOT NULL,
      beneficiary text NOT NULL,
      currency text,
      amount numeric,${PLACE},
      PRIMARY KEY (settlement_id, beneficiary)
    );
    CREATE INDEX settlement_credits_beneficiary ON settlement_credits (beneficiary, ${ORDER}, settlement_id);
    CREATE INDEX settlement_credits_statement
      ON settlement_credits (beneficiary, currency, ${ORDER}, settlement_id) INCLUDE (amount) WHERE amount > 0;

    CREATE TABLE suspense (
      settlement_id text NOT NULL,
      layer bigint NOT NULL,
      reason text NOT NULL,
      status text,
      model_ref text,
      content_hash text,
      currency text,
      amount numeric,
      -- Unix seconds
      release_at bigint,${PLACE},
      PRIMARY KEY (settlement_id, layer, reason)
    );
    CREATE INDEX suspense_created ON suspense (${ORDER}, settlement_id, layer, reason);
    CREATE INDEX suspense_status ON suspense (status, ${ORDER}, settlement_id, layer, reason);
    CREATE INDEX suspense_reason ON suspense (reason, ${ORDER}, settlement_id, layer);

    CREATE TABLE credits (
      beneficiary text NOT NULL,
      currency text NOT NULL,
      source text NOT NULL,
      source_type text,
      amount numeric,
      settlement_id text,${PLACE},
      PRIMARY KEY (beneficiary, currency, source)
    );
    CREATE INDEX credits_statement ON credits (beneficiary, currency, ${ORDER}, source);

    -- What was collected: present means that the source owes nothing more.
    CREATE TABLE collected (
      beneficiary text NOT NULL,
      currency text NOT NULL,
      source text NOT NULL,
      amount numeric,
      intent_id text,${PLACE},
      PRIMARY KEY (beneficiary, currency, source)
    );`;

const PAYOUTS = `
    CREATE TABLE vaults (
      beneficiary text NOT NULL,
      currency text NOT NULL,
      balance numeric,
      collected numeric,
      withdrawn numeric,${PLACE},
      PRIMARY KEY (beneficiary, currency)
    );

    CREATE TABLE withdrawals (
      withdrawal_id text PRIMARY KEY,
      beneficiary text,
      currency text,
      amount numeric,
      status text,${PLACE}
    );
    CREATE INDEX withdrawals_created ON withdrawals (${ORDER}, withdrawal_id);
    CREATE INDEX withdrawals_beneficiary ON withdrawals (beneficiary, ${ORDER}, withdrawal_id);
    CREATE INDEX withdrawals_status ON withdrawals (status, ${ORDER}, withdrawal_id);

    CREATE TABLE streams (
      stream_id text PRIMARY KEY,
      payer text,
      stream_ref text,
      model_ref text,
      content_hash text,
      currency text,
      status text,
      next_window bigint,${PLACE}
    );
    CREATE INDEX streams_created ON streams (${ORDER}, stream_id);
    CREATE INDEX streams_payer ON streams (payer, ${ORDER}, stream_id);

    CREATE TABLE stream_windows (
      stream_id text NOT NULL,
      number bigint NOT NULL,
      amount numeric,
      -- Of all windows up to this one
      cumulative numeric,
      settlement_id text,${PLACE},
      PRIMARY KEY (stream_id, number)
    );

    CREATE TABLE shares (
      shares_id text PRIMARY KEY,
      issuer text,
      name text,
      supply numeric,${PLACE}
    );
    CREATE INDEX shares_created ON shares (${ORDER}, shares_id);
    CREATE INDEX shares_issuer ON shares (issuer, ${ORDER}, shares_id);

    CREATE TABLE holdings (
      shares_id text NOT NULL,
      holder text NOT NULL,
      units numeric,${PLACE},
      PRIMARY KEY (shares_id, holder)
    );
    CREATE INDEX holdings_created ON holdings (shares_id, ${ORDER}, holder);
    CREATE INDEX holdings_holder ON holdings (holder, ${ORDER}, shares_id);`;

/** Typed tables of the provenance registry and of royalties, as those of migration 2. */
export const PROVENANCE: Migration = {
  number: 3,
  name: 'provenance',
  sql: [MODELS, RECORDS, POLICIES, SETTLEMENTS, PAYOUTS].join('\n'),
};
