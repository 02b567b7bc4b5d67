import { type Migration } from '../../database/migrations/migration';

/**
 * Certificate revocations moved to the ledger; CRLs have kinds and scopes. What was issued before stays on record, with
 * numbers below all that follow.
 */
export const CERTIFICATES: Migration = {
  number: 4,
  name: 'certificates',
  sql: `
    DROP TABLE gateway.certificates_revoked;

    -- Every CRL that was ever published.
    ALTER TABLE gateway.crls DROP CONSTRAINT crls_pkey;
    ALTER TABLE gateway.crls DROP COLUMN content_digest;
    ALTER TABLE gateway.crls
      -- 'full', or 'shard-3-of-8'
      ADD COLUMN scope text NOT NULL DEFAULT 'full',
      ADD COLUMN kind text NOT NULL DEFAULT 'base' CHECK (kind IN ('base', 'delta')),
      -- Number of the full CRL that a delta builds on
      ADD COLUMN base_number bigint,
      -- Newest block of the ledger state that the CRL says
      ADD COLUMN height bigint NOT NULL DEFAULT 0,
      -- Of the DER, hex
      ADD COLUMN sha256 text,
      ADD COLUMN issued_at timestamptz NOT NULL DEFAULT now();
    UPDATE gateway.crls SET sha256 = encode(sha256(der), 'hex');
    ALTER TABLE gateway.crls
      ALTER COLUMN scope DROP DEFAULT,
      ALTER COLUMN kind DROP DEFAULT,
      ALTER COLUMN height DROP DEFAULT,
      ALTER COLUMN sha256 SET NOT NULL,
      -- Random in its serials: compression costs time and gains nothing.
      ALTER COLUMN der SET STORAGE EXTERNAL,
      ADD PRIMARY KEY (authority_key_id, scope, kind, number);
    CREATE UNIQUE INDEX crls_sha256 ON gateway.crls (sha256);
    CREATE INDEX crls_issued ON gateway.crls (authority_key_id, number);

    -- What is published now. Moves only from the number that its writer has seen: of two writers one wins.
    CREATE TABLE gateway.crl_heads (
      authority_key_id text NOT NULL,
      scope text NOT NULL,
      last_number bigint NOT NULL,
      base_number bigint NOT NULL,
      delta_number bigint,
      PRIMARY KEY (authority_key_id, scope)
    );
    INSERT INTO gateway.crl_heads (authority_key_id, scope, last_number, base_number)
      SELECT authority_key_id, 'full', max(number), max(number) FROM gateway.crls GROUP BY authority_key_id;

    -- Certificates that somebody showed and whose CA has signed them: OCSP says "good" of these alone.
    CREATE TABLE gateway.issued_certificates (
      authority_key_id text NOT NULL,
      serial text NOT NULL,
      not_after bigint NOT NULL,
      PRIMARY KEY (authority_key_id, serial)
    );

    -- Certificates by which the CAs entrusted the OCSP key; issued by the gateway itself, so the CA's own record lacks them.
    CREATE TABLE gateway.ocsp_responders (
      authority_key_id text NOT NULL,
      serial text NOT NULL,
      not_after bigint NOT NULL,
      der bytea NOT NULL,
      issued_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (authority_key_id, serial)
    );
  `,
};
