import { type Migration } from './migration';

/**
 * Operations and the outbox of signed transactions. Large columns are stored as they are: envelopes are base64 and
 * transactions are signatures and hashes, which don't compress.
 */
export const OPERATIONS: Migration = {
  number: 1,
  name: 'operations',
  sql: `
    CREATE TABLE gateway.operations (
      operation_id uuid PRIMARY KEY,
      -- The gateway process that carries it out; it alone resumes it.
      instance text NOT NULL,
      kind text NOT NULL CHECK (kind IN ('intent', 'act')),
      caller text NOT NULL,
      idempotency_key text,
      -- SHA-256 of the request body
      request_hash bytea NOT NULL,
      intent_id text,
      -- 'contract:Function' and its one argument
      function text NOT NULL,
      argument text NOT NULL,
      status text NOT NULL CHECK (status IN ('pending', 'submitted', 'committed', 'refused', 'failed')),
      -- Signed PreparedTransaction, written before it is first submitted; dropped once the outcome is known.
      transaction bytea,
      tx_id text,
      attempts integer NOT NULL DEFAULT 0,
      block bigint,
      result text,
      -- {"code", "message", "subject"?}
      problem text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    );
    ALTER TABLE gateway.operations ALTER COLUMN argument SET STORAGE EXTERNAL;
    ALTER TABLE gateway.operations ALTER COLUMN transaction SET STORAGE EXTERNAL;
    CREATE UNIQUE INDEX operations_intent ON gateway.operations (instance, intent_id) WHERE intent_id IS NOT NULL;
    CREATE UNIQUE INDEX operations_key ON gateway.operations (instance, caller, idempotency_key)
      WHERE idempotency_key IS NOT NULL;
    CREATE INDEX operations_open ON gateway.operations (instance, operation_id)
      WHERE status IN ('pending', 'submitted');
    CREATE INDEX operations_ended ON gateway.operations (updated_at)
      WHERE status NOT IN ('pending', 'submitted');
  `,
};
