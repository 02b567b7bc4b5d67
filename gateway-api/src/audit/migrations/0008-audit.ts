import { type Migration } from '../../database/migrations/migration';

/**
 * What regulators asked, what was reported to them, and an order for the record of releases. No names, addresses or texts
 * that somebody typed: callers by the digest of their certificate, searches by the length of what was looked for.
 */
export const AUDIT: Migration = {
  number: 8,
  name: 'audit',
  sql: `
    -- The operator's record in its order; numbers grow and may have gaps.
    ALTER TABLE gateway.releases ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY;
    CREATE UNIQUE INDEX releases_seq ON gateway.releases (seq);

    -- Every query of a regulator or auditor, written before its answer is sent.
    CREATE TABLE gateway.audit_queries (
      query_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT now(),
      -- SHA-256 of the certificate (of a token's issuer and subject): the CA can say who, this table can't
      subject text NOT NULL,
      kind text NOT NULL CHECK (kind IN ('certificate', 'token')),
      msp_id text,
      -- The role it was answered in
      role text NOT NULL,
      operation text NOT NULL,
      -- What was asked; texts by their length
      parameters jsonb NOT NULL,
      -- Of the mirror
      height bigint NOT NULL,
      -- 'answered', or the code of the refusal; 'open' while a stream runs
      outcome text NOT NULL,
      items integer NOT NULL,
      bytes bigint NOT NULL
    );

    -- Signed reports, each naming the one before.
    CREATE TABLE gateway.audit_reports (
      issuer text NOT NULL,
      number integer NOT NULL,
      issued_at bigint NOT NULL,
      from_block bigint NOT NULL,
      to_block bigint NOT NULL,
      to_seq bigint NOT NULL,
      to_header_hash text NOT NULL,
      -- SHA-256 of the payload
      digest text NOT NULL,
      envelope text NOT NULL,
      PRIMARY KEY (issuer, number)
    );
  `,
};
