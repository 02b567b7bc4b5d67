import { type ClientBase } from 'pg';
import { type StateKey, stateKeyId } from '@maker-registry/fabric-proofs';
import { type Position, storedPosition } from './prepare-block';

/** Why the mirror stopped writing. */
export interface Halt {
  readonly block: number | null;
  /** Code of what failed, e.g. COMMIT_HASH_MISMATCH. */
  readonly check: string;
  readonly message: string;
  readonly expected: string | null;
  readonly actual: string | null;
  /** Whose word was found wrong, and where in the block, as far as it is known. */
  readonly source?: string;
  readonly organization?: string | null;
  readonly txId?: string | null;
  readonly key?: string | null;
}

/** The row of `head`. */
export interface Head {
  /** Number of the newest block written; -1: none. */
  readonly height: number;
  readonly headerHash: string | null;
  readonly commitHash: string | null;
  readonly genesisHash: string | null;
  readonly halted: Halt | null;
}

interface HeadRow {
  readonly height: string;
  readonly header_hash: string | null;
  readonly commit_hash: string | null;
  readonly genesis_hash: string | null;
  readonly halted: Halt | null;
}

/** Tables without their one head row. */
export class HeadMissingError extends Error {
  constructor() {
    super("the mirror's head row is missing; the tables were tampered with: rebuild them");
    this.name = 'HeadMissingError';
  }
}

export async function readHead(client: ClientBase): Promise<Head> {
  const { rows } = await client.query<HeadRow>(
    'SELECT height, header_hash, commit_hash, genesis_hash, halted FROM head',
  );
  const [row] = rows;
  if (row === undefined) throw new HeadMissingError();
  return {
    height: Number(row.height),
    headerHash: row.header_hash,
    commitHash: row.commit_hash,
    genesisHash: row.genesis_hash,
    halted: row.halted,
  };
}

/** The position from which the next block is verified; null before the genesis block. */
export async function readPosition(client: ClientBase): Promise<Position | null> {
  const { rows } = await client.query<{
    height: string;
    header_hash: string;
    commit_hash: string | null;
    block: string;
    config: Buffer;
  }>(
    `SELECT height, header_hash, commit_hash, block, config FROM head, channel_configs
      WHERE height >= 0 ORDER BY block DESC LIMIT 1`,
  );
  const [row] = rows;
  if (row === undefined) return null;
  return storedPosition({
    height: Number(row.height),
    headerHash: row.header_hash,
    commitHash: row.commit_hash,
    configBlock: Number(row.block),
    config: row.config,
  });
}

/** Records why nothing more is written, for readers to see; cleared by `mirror resume` and the next block that verifies. */
export async function recordHalt(client: ClientBase, halt: Halt): Promise<void> {
  await client.query('UPDATE head SET halted = $1', [JSON.stringify(halt)]);
}

/** Current values of keys, by `stateKeyId`. */
export async function readState(
  client: ClientBase,
  keys: readonly StateKey[],
): Promise<Map<string, Uint8Array>> {
  const { rows } = await client.query<{ namespace: string; collection: string; key: Buffer; value: Buffer }>(
    `SELECT state.namespace, state.collection, state.key, state.value
      FROM state JOIN unnest($1::text[], $2::text[], $3::bytea[]) AS asked (namespace, collection, key)
        ON state.namespace = asked.namespace AND state.collection = asked.collection
          AND state.key_digest = sha256(asked.key)`,
    [
      keys.map(({ namespace }) => namespace),
      keys.map(({ collection }) => collection),
      keys.map(({ key }) => key),
    ],
  );
  return new Map(rows.map((row) => [stateKeyId(row), row.value]));
}
