import { type Pool, type PoolClient } from 'pg';
import { forRequest } from '../database/database-error';
import { type PublishedCrl, type ScopeState } from './plan';
import { type CrlScope } from './scope';

export type CrlKind = 'base' | 'delta';

/** A CRL about to be published. */
export interface IssuedCrl extends PublishedCrl {
  readonly kind: CrlKind;
  /** Of a delta: the full CRL that it builds on. */
  readonly baseNumber: bigint | undefined;
  /** SHA-256 of the DER, hex. */
  readonly sha256: string;
  readonly der: Buffer;
}

interface CrlRow {
  readonly number: string;
  readonly height: string;
  readonly this_update: string;
  readonly next_update: string;
  readonly entry_count: number;
}

interface StateRow extends CrlRow {
  readonly scope: string;
  readonly role: 'base' | 'delta' | 'oldest';
  readonly last_number: string;
}

const COLUMNS = 'h.scope, h.last_number, c.number, c.height, c.this_update, c.next_update, c.entry_count';

/** One statement, so that heads and lists belong together. */
const STATES = `WITH heads AS (SELECT * FROM gateway.crl_heads WHERE authority_key_id = $1),
    mine AS (SELECT * FROM gateway.crls WHERE authority_key_id = $1)
  SELECT 'base' AS role, ${COLUMNS} FROM heads AS h
    JOIN mine AS c ON c.scope = h.scope AND c.kind = 'base' AND c.number = h.base_number
  UNION ALL
  SELECT 'delta', ${COLUMNS} FROM heads AS h
    JOIN mine AS c ON c.scope = h.scope AND c.kind = 'delta' AND c.number = h.delta_number
  UNION ALL
  SELECT 'oldest', ${COLUMNS} FROM heads AS h CROSS JOIN LATERAL (
    SELECT * FROM mine WHERE mine.scope = h.scope AND mine.kind = 'base' AND mine.next_update > $2
    ORDER BY mine.number LIMIT 1) AS c`;

const NOTHING_PUBLISHED: ScopeState = {
  lastNumber: undefined,
  base: undefined,
  delta: undefined,
  oldestBase: undefined,
};

/** The CRLs of this operator in the database. */
export class CrlStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * What is published of a CA, by scope.
   *
   * @param at Unix seconds
   */
  async states(keyId: string, at: number): Promise<(scope: CrlScope) => ScopeState> {
    const { rows } = await forRequest(() =>
      this.#pool.query<StateRow>({ name: 'crl_states', text: STATES, values: [keyId, at] }),
    );
    const byScope = new Map<string, ScopeState>();
    for (const row of rows) byScope.set(row.scope, withRow(byScope.get(row.scope), row));
    return ({ name }) => byScope.get(name) ?? NOTHING_PUBLISHED;
  }

  /** The DER of a published CRL. */
  async der(keyId: string, scope: CrlScope, kind: CrlKind, number: bigint): Promise<Buffer | undefined> {
    const { rows } = await forRequest(() =>
      this.#pool.query<{ der: Buffer }>({
        name: 'crl_der',
        text: 'SELECT der FROM gateway.crls WHERE authority_key_id = $1 AND scope = $2 AND kind = $3 AND number = $4',
        values: [keyId, scope.name, kind, number.toString()],
      }),
    );
    return rows[0]?.der;
  }

  /**
   * Publishes lists of one scope together, if its head still is what their maker saw: true for the one that wins. Nothing
   * of the others remains.
   */
  async publish(
    keyId: string,
    scope: CrlScope,
    last: bigint | undefined,
    crls: readonly IssuedCrl[],
  ): Promise<boolean> {
    return forRequest(async () => {
      const client = await this.#pool.connect();
      try {
        await client.query('BEGIN');
        const won = await moveHead(client, [keyId, scope.name], last, crls);
        if (won) for (const crl of crls) await insert(client, [keyId, scope.name], crl);
        await client.query(won ? 'COMMIT' : 'ROLLBACK');
        return won;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    });
  }
}

function withRow(state: ScopeState | undefined, row: StateRow): ScopeState {
  const crl = published(row);
  return {
    ...(state ?? NOTHING_PUBLISHED),
    lastNumber: BigInt(row.last_number),
    ...(row.role === 'base' ? { base: crl } : {}),
    ...(row.role === 'delta' ? { delta: crl } : {}),
    ...(row.role === 'oldest' ? { oldestBase: crl } : {}),
  };
}

function published(row: CrlRow): PublishedCrl {
  return {
    number: BigInt(row.number),
    height: Number(row.height),
    thisUpdate: Number(row.this_update),
    nextUpdate: Number(row.next_update),
    entries: row.entry_count,
  };
}

async function moveHead(
  client: PoolClient,
  key: readonly string[],
  last: bigint | undefined,
  crls: readonly IssuedCrl[],
): Promise<boolean> {
  const numberOf = (kind: CrlKind): string | null =>
    crls.find((crl) => crl.kind === kind)?.number.toString() ?? null;
  const values = [...key, numberOf('base') ?? numberOf('delta'), numberOf('base'), numberOf('delta')];
  const text =
    last === undefined
      ? `INSERT INTO gateway.crl_heads (authority_key_id, scope, last_number, base_number, delta_number)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`
      : `UPDATE gateway.crl_heads SET last_number = $3, base_number = coalesce($4, base_number),
           delta_number = coalesce($5, delta_number)
         WHERE authority_key_id = $1 AND scope = $2 AND last_number = $6`;
  const { rowCount } = await client.query(text, last === undefined ? values : [...values, last.toString()]);
  return rowCount === 1;
}

async function insert(client: PoolClient, key: readonly string[], crl: IssuedCrl): Promise<void> {
  await client.query(
    `INSERT INTO gateway.crls (authority_key_id, scope, kind, number, base_number, height, this_update, next_update,
       entry_count, sha256, der) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...key,
      crl.kind,
      crl.number.toString(),
      crl.baseNumber?.toString() ?? null,
      crl.height,
      crl.thisUpdate,
      crl.nextUpdate,
      crl.entries,
      crl.sha256,
      crl.der,
    ],
  );
}
