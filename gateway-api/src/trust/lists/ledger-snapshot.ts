import {
  ledgerKeys,
  parseStrictJson,
  RegistryError,
  type Revocation,
  type RevocationHead,
  type SubjectType,
} from '@maker-registry/protocol';
import { createHash } from 'node:crypto';
import { type Pool, type PoolClient } from 'pg';
import { forRequest } from '../../database/database-error';

/** Where the ledger stands. */
export interface LedgerPosition {
  readonly height: number;
  /** Hash of that block's header, hex. */
  readonly blockHash: string;
  /** The end of the revocation chain; undefined without an entry. */
  readonly head: RevocationHead | undefined;
}

/** The ledger's state at one height. Everything read through it is of that height. */
export interface LedgerSnapshot {
  readonly position: LedgerPosition;
  /** Entries of the revocation chain by their numbers, as the ledger holds them. */
  revocations(numbers: readonly number[]): Promise<readonly Revocation[]>;
  /** Numbers of a subject type's entries above `after`, in order, at most `limit`. */
  revocationNumbers(type: SubjectType, after: number, limit: number): Promise<readonly number[]>;
  /** Versions of rights by id; those that the ledger does not know are left out. */
  rightVersions(rightIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Gives work one state of the ledger to look at. */
export interface SnapshotSource {
  at<T>(work: (snapshot: LedgerSnapshot) => Promise<T>): Promise<T>;
}

/** Stands before, between and after the parts of Fabric's composite keys. */
const KEY_SEPARATOR = '\u0000';

interface PositionRow {
  readonly height: string;
  readonly header_hash: string | null;
  readonly head: RevocationHead | null;
}

/**
 * Snapshots of the mirror: one repeatable-read transaction, and the mirror writes a block at a time. So lists, token statuses
 * and whatever else is read in one snapshot rest on one block.
 */
export class MirrorSnapshots implements SnapshotSource {
  readonly #pool: Pool;
  readonly #chaincode: string;

  constructor(pool: Pool, chaincode: string) {
    this.#pool = pool;
    this.#chaincode = chaincode;
  }

  async at<T>(work: (snapshot: LedgerSnapshot) => Promise<T>): Promise<T> {
    const client = await forRequest(() => this.#pool.connect());
    try {
      await forRequest(() => client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'));
      const result = await work(await this.#snapshot(client));
      await forRequest(() => client.query('COMMIT'));
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  async #snapshot(client: PoolClient): Promise<LedgerSnapshot> {
    const position = await readPosition(client);
    return {
      position,
      revocations: (numbers) => this.#revocations(client, numbers),
      revocationNumbers: async (type, after, limit) => {
        const { rows } = await forRequest(() =>
          client.query<{ number: string }>(
            'SELECT number FROM registry.revocations WHERE subject_type = $1 AND number > $2 ORDER BY number LIMIT $3',
            [type, after, limit],
          ),
        );
        return rows.map(({ number }) => Number(number));
      },
      rightVersions: async (rightIds) => {
        const { rows } = await forRequest(() =>
          client.query<{ right_id: string; version: string }>(
            'SELECT right_id, version FROM registry.rights WHERE right_id = ANY($1)',
            [rightIds],
          ),
        );
        return new Map(rows.map(({ right_id, version }) => [right_id, Number(version)]));
      },
    };
  }

  /** From the exact bytes: the typed tables can't hold every text, and a changed character would break the chain. */
  async #revocations(client: PoolClient, numbers: readonly number[]): Promise<Revocation[]> {
    const digests = numbers.map((number) => {
      const key = ['', 'revocation', ...ledgerKeys.revocation(number), ''].join(KEY_SEPARATOR);
      return createHash('sha256').update(key).digest();
    });
    const { rows } = await forRequest(() =>
      client.query<{ value: Buffer }>({
        name: 'trust_revocation_values',
        text: `SELECT value FROM registry.state
               WHERE namespace = $1 AND collection = '' AND key_digest = ANY($2)`,
        values: [this.#chaincode, digests],
      }),
    );
    const entries = rows.map(({ value }) => parseStrictJson(value) as unknown as Revocation);
    if (entries.length !== numbers.length) {
      throw new RegistryError('MIRROR_UNAVAILABLE', 'The mirror lacks revocations that it should have.');
    }
    return entries.sort((a, b) => a.number - b.number);
  }
}

async function readPosition(client: PoolClient): Promise<LedgerPosition> {
  const { rows } = await forRequest(() =>
    client.query<PositionRow>({
      name: 'trust_ledger_position',
      text: `SELECT height, header_hash, (SELECT doc FROM registry.revocation_heads LIMIT 1) AS head FROM registry.head`,
    }),
  );
  const [row] = rows;
  // A height below zero: the mirror has no block yet, so nothing is known, which is not the same as nothing revoked.
  if (row === undefined || row.header_hash === null || Number(row.height) < 0) {
    throw new RegistryError('MIRROR_UNAVAILABLE', 'The mirror has no block yet; try again later.');
  }
  return { height: Number(row.height), blockHash: row.header_hash, head: row.head ?? undefined };
}
