import { type Migration } from '../../database/migrations/migration';

/** What the token status lists need to know of each token: kept until it has expired. */
export const LISTS: Migration = {
  number: 6,
  name: 'lists',
  sql: `
    CREATE TABLE gateway.token_statuses (
      -- Name of the status list, and the token's place in it: drawn at random, so that neighbours tell nothing
      list text NOT NULL,
      idx integer NOT NULL,
      jti text NOT NULL,
      right_id text NOT NULL,
      right_version bigint NOT NULL,
      artifact_id text NOT NULL,
      holder text NOT NULL,
      key_version integer,
      device_id text,
      actions text[] NOT NULL,
      purpose text NOT NULL,
      domains text[] NOT NULL,
      -- Unix seconds
      expires_at bigint NOT NULL,
      PRIMARY KEY (list, idx)
    );
    CREATE INDEX token_statuses_expires_at ON gateway.token_statuses (expires_at);
  `,
};
