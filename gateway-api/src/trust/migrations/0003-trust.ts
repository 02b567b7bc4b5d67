import { type Migration } from '../../database/migrations/migration';

/** State of the trust services. Nothing here is secret: keys are wrapped for the HSM, secrets are kept as digests. */
export const TRUST: Migration = {
  number: 3,
  name: 'trust',
  sql: `
    CREATE TABLE gateway.devices (
      device_id text PRIMARY KEY,
      -- TPM2B_PUBLIC
      ek_public bytea NOT NULL,
      ak_public bytea NOT NULL,
      ak_name bytea NOT NULL,
      -- 'certified': the TPM maker's certificate was verified; 'development': the endorsement key was taken as it came
      trust text NOT NULL CHECK (trust IN ('certified', 'development')),
      -- DER, where one was presented
      ek_certificate bytea,
      enrolled_at timestamptz NOT NULL DEFAULT now(),
      ak_since timestamptz NOT NULL DEFAULT now(),
      -- Clock of the newest accepted quote; null until the first.
      clock bigint,
      reset_count bigint,
      restart_count bigint,
      firmware text,
      attested_at timestamptz
    );

    CREATE TABLE gateway.enrollments (
      enrollment_id uuid PRIMARY KEY,
      device_id text NOT NULL,
      ek_public bytea NOT NULL,
      ak_public bytea NOT NULL,
      ak_name bytea NOT NULL,
      trust text NOT NULL,
      ek_certificate bytea,
      -- SHA-256 of the secret that only the TPM can give back
      secret_digest bytea NOT NULL,
      expires_at timestamptz NOT NULL
    );
    CREATE INDEX enrollments_expires_at ON gateway.enrollments (expires_at);

    CREATE TABLE gateway.challenges (
      challenge_id uuid PRIMARY KEY,
      purpose text NOT NULL,
      nonce bytea NOT NULL UNIQUE,
      expires_at timestamptz NOT NULL,
      used_at timestamptz
    );
    CREATE INDEX challenges_expires_at ON gateway.challenges (expires_at);

    -- Nonces of signed requests that were taken; a repeated request finds its own.
    CREATE TABLE gateway.request_nonces (
      actor text NOT NULL,
      nonce text NOT NULL,
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (actor, nonce)
    );
    CREATE INDEX request_nonces_expires_at ON gateway.request_nonces (expires_at);

    -- Content keys, each only as a JWE to the wrapping key inside the HSM.
    CREATE TABLE gateway.deposited_keys (
      artifact_id text NOT NULL,
      version integer NOT NULL,
      jwe text NOT NULL,
      kid text NOT NULL,
      -- The maker's signed request
      intent_id text NOT NULL,
      deposited_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (artifact_id, version)
    );

    -- Every release and refusal, with what decided it.
    CREATE TABLE gateway.releases (
      release_id uuid PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT now(),
      outcome text NOT NULL CHECK (outcome IN ('released', 'refused')),
      -- Error code of a refusal
      code text,
      holder text NOT NULL,
      right_id text NOT NULL,
      challenge_id text NOT NULL,
      intent_id text NOT NULL,
      artifact_id text,
      key_version integer,
      device_id text,
      token_jti text,
      -- Height of the mirror, version of the parameters and of the attestation policy, risk class
      policy jsonb NOT NULL,
      -- Checks of the quote and of the certification
      checks jsonb NOT NULL
    );
    CREATE INDEX releases_right ON gateway.releases (right_id, at);
    CREATE INDEX releases_artifact ON gateway.releases (artifact_id, at);

    CREATE TABLE gateway.certificates_revoked (
      -- subjectKeyIdentifier of the CA, hex
      authority_key_id text NOT NULL,
      serial text NOT NULL,
      revoked_at bigint NOT NULL,
      reason text,
      invalidity_date bigint,
      revoked_by text NOT NULL,
      note text,
      PRIMARY KEY (authority_key_id, serial)
    );

    CREATE TABLE gateway.crls (
      authority_key_id text NOT NULL,
      number bigint NOT NULL,
      this_update bigint NOT NULL,
      next_update bigint NOT NULL,
      entry_count integer NOT NULL,
      -- SHA-256 over what the entries say: an unchanged list is not issued again before half its life has passed
      content_digest text NOT NULL,
      der bytea NOT NULL,
      PRIMARY KEY (authority_key_id, number)
    );
  `,
};
