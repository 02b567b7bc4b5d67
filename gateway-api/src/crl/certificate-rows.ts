import { type CertificateReason, type CertificateState, RegistryError } from '@maker-registry/protocol';
import { type Pool, type PoolClient } from 'pg';
import { forRequest } from '../database/database-error';
import { type CertificateRow } from './entries';
import { LOOKBACK_S, ROWS_PER_FETCH } from './limits';

interface Row {
  readonly serial: string;
  readonly state: CertificateState;
  readonly reason: CertificateReason | null;
  readonly revoked_at: string;
  readonly invalidity_date: string | null;
  readonly expires_at: string | null;
  readonly block: string;
}

/** Where the mirror stands with the certificates of one CA. */
export interface CertificateNews {
  readonly height: number;
  /** Newest block with a change; -1 if there never was one. */
  readonly changedAt: number;
}

/** One state of the mirror: everything read through it belongs to one height. */
export interface CertificateSnapshot {
  readonly height: number;
  /** Certificates of the CA that changed after the block, or whose time on CRLs ends between the two times. */
  changes(keyId: string, after: number, from: number, to: number): Promise<CertificateRow[]>;
  all(keyId: string): Promise<CertificateRow[]>;
  /** Those of some shards: a few out of a million are not worth reading them all. */
  shards(keyId: string, numbers: readonly number[], of: number): Promise<CertificateRow[]>;
  /** Whether more certificates than this many changed after the block. */
  hasMoreChanges(keyId: string, after: number, than: number): Promise<boolean>;
}

type SqlValue = string | number | readonly number[];

/** `shardOf` of libs/pki before the modulus: the low four octets. A test holds the two together. */
const SHARD_OF_SERIAL = `('x' || right('0000000' || serial, 8))::bit(32)::bigint`;

/** What this operator's organization says on the ledger of the certificates of its CAs, as the mirror has it. */
export class CertificateRows {
  readonly #pool: Pool;
  readonly #mspId: string;

  /** @param mspId what any other organization says of our CAs' certificates means nothing */
  constructor(pool: Pool, mspId: string) {
    this.#pool = pool;
    this.#mspId = mspId;
  }

  /** A look that costs one index entry. Throws MIRROR_UNAVAILABLE. */
  async news(keyId: string): Promise<CertificateNews> {
    const { rows } = await forRequest(() =>
      this.#pool.query<{ height: string; changed_at: string | null }>({
        name: 'crl_news',
        text: `SELECT h.height, (SELECT max(block) FROM registry.certificate_revocations
                 WHERE msp_id = $1 AND aki = $2) AS changed_at FROM registry.head AS h`,
        values: [this.#mspId, keyId],
      }),
    );
    return { height: assertHeight(rows[0]?.height), changedAt: Number(rows[0]?.changed_at ?? -1) };
  }

  /** Reads at one state of the mirror. Throws MIRROR_UNAVAILABLE. */
  async snapshot<T>(read: (snapshot: CertificateSnapshot) => Promise<T>): Promise<T> {
    return forRequest(async () => {
      const client = await this.#pool.connect();
      try {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        const { rows } = await client.query<{ height: string }>('SELECT height FROM registry.head');
        const result = await read(this.#snapshotOf(client, assertHeight(rows[0]?.height)));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    });
  }

  #snapshotOf(client: PoolClient, height: number): CertificateSnapshot {
    const rows = (keyId: string, condition: string, values: readonly SqlValue[]): Promise<CertificateRow[]> =>
      fetchRows(client, `msp_id = $1 AND aki = $2${condition}`, [this.#mspId, keyId, ...values]);
    return {
      height,
      changes: (keyId, after, from, to) =>
        rows(keyId, ` AND (block > $3 OR expires_at BETWEEN $4 AND $5)`, [
          after,
          from - LOOKBACK_S,
          to - LOOKBACK_S,
        ]),
      all: (keyId) => rows(keyId, '', []),
      shards: (keyId, numbers, of) =>
        rows(keyId, ` AND ${SHARD_OF_SERIAL} % $3 = ANY($4::bigint[])`, [of, numbers]),
      hasMoreChanges: async (keyId, after, than) => {
        const { rowCount } = await client.query(
          `SELECT 1 FROM registry.certificate_revocations
           WHERE msp_id = $1 AND aki = $2 AND block > $3 ORDER BY block OFFSET $4 LIMIT 1`,
          [this.#mspId, keyId, after, than],
        );
        return rowCount === 1;
      },
    };
  }
}

function assertHeight(height: string | undefined): number {
  if (height !== undefined && Number(height) >= 0) return Number(height);
  // Nothing is known yet, which is not the same as nothing revoked.
  throw new RegistryError('MIRROR_UNAVAILABLE', 'The mirror has no block yet; try again later.');
}

async function fetchRows(
  client: PoolClient,
  condition: string,
  values: readonly SqlValue[],
): Promise<CertificateRow[]> {
  await client.query(
    `DECLARE certificates NO SCROLL CURSOR FOR
       SELECT serial, state, reason, revoked_at, invalidity_date, expires_at, block
       FROM registry.certificate_revocations WHERE ${condition}`,
    [...values],
  );
  const found: CertificateRow[] = [];
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${ROWS_PER_FETCH} FROM certificates`);
    for (const row of rows) found.push(rowOf(row));
    if (rows.length < ROWS_PER_FETCH) break;
  }
  await client.query('CLOSE certificates');
  return found;
}

function rowOf(row: Row): CertificateRow {
  return {
    serial: row.serial,
    state: row.state,
    reason: row.reason ?? undefined,
    revokedAt: Number(row.revoked_at),
    invalidityDate: row.invalidity_date === null ? undefined : Number(row.invalidity_date),
    expiresAt: row.expires_at === null ? undefined : Number(row.expires_at),
    block: Number(row.block),
  };
}
