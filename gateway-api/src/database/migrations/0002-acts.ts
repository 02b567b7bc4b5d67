import { type Migration } from './migration';

/** Role acts that wait for the signatures of their creator. */
export const ACTS: Migration = {
  number: 2,
  name: 'acts',
  sql: `
    CREATE TABLE gateway.acts (
      act_id uuid PRIMARY KEY,
      msp_id text NOT NULL,
      -- PEM
      certificate text NOT NULL,
      function text NOT NULL,
      argument text NOT NULL,
      -- ProposedTransaction without signature
      proposal bytea NOT NULL,
      -- PreparedTransaction without signature, once endorsed
      transaction bytea,
      expires_at timestamptz NOT NULL
    );
    CREATE INDEX acts_expires_at ON gateway.acts (expires_at);
  `,
};
