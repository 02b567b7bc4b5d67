import { type Pool } from 'pg';
import { ACT_LIFETIME_S, MAX_OPEN_ACTS } from '../limits';

/** A role act on its way through the signatures of its creator. */
export interface Act {
  readonly actId: string;
  readonly mspId: string;
  /** PEM */
  readonly certificate: string;
  /** 'contract:Function' */
  readonly function: string;
  readonly argument: string;
  readonly proposal: Uint8Array;
  readonly transaction: Uint8Array | undefined;
}

interface ActRow {
  readonly act_id: string;
  readonly msp_id: string;
  readonly certificate: string;
  readonly function: string;
  readonly argument: string;
  readonly proposal: Buffer;
  readonly transaction: Buffer | null;
}

/** Acts in PostgreSQL; they lapse by themselves. */
export class ActStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * false when too many acts wait that their creators have signed.
   *
   * Certificates are public, so a stranger can have acts prepared in anybody's name. In a full table the oldest act that
   * nobody signed gives way: a flood must not keep a revocation out until its acts lapse.
   */
  async insert(act: Act): Promise<boolean> {
    await this.#pool.query('DELETE FROM gateway.acts WHERE expires_at < now()');
    await this.#pool.query(
      `DELETE FROM gateway.acts WHERE act_id IN (
         SELECT act_id FROM gateway.acts WHERE transaction IS NULL ORDER BY expires_at
         LIMIT greatest(0, (SELECT count(*) FROM gateway.acts) - ${MAX_OPEN_ACTS - 1}))`,
    );
    const { rowCount } = await this.#pool.query(
      `INSERT INTO gateway.acts (act_id, msp_id, certificate, function, argument, proposal, expires_at)
       SELECT $1, $2, $3, $4, $5, $6, now() + make_interval(secs => ${ACT_LIFETIME_S})
       WHERE (SELECT count(*) FROM gateway.acts) < ${MAX_OPEN_ACTS}`,
      [act.actId, act.mspId, act.certificate, act.function, act.argument, Buffer.from(act.proposal)],
    );
    return rowCount === 1;
  }

  async byId(actId: string): Promise<Act | undefined> {
    const { rows } = await this.#pool.query<ActRow>(
      `SELECT act_id, msp_id, certificate, function, argument, proposal, transaction FROM gateway.acts
       WHERE act_id = $1 AND expires_at >= now()`,
      [actId],
    );
    const row = rows[0];
    if (row === undefined) return undefined;
    return {
      actId: row.act_id,
      mspId: row.msp_id,
      certificate: row.certificate,
      function: row.function,
      argument: row.argument,
      proposal: row.proposal,
      transaction: row.transaction ?? undefined,
    };
  }

  /** The first endorsed transaction stays: a second one of the same proposal would only confuse its signer. */
  async setTransaction(actId: string, transaction: Uint8Array): Promise<Uint8Array> {
    const { rows } = await this.#pool.query<{ transaction: Buffer }>(
      `UPDATE gateway.acts SET transaction = coalesce(transaction, $2) WHERE act_id = $1 RETURNING transaction`,
      [actId, Buffer.from(transaction)],
    );
    return rows[0]?.transaction ?? transaction;
  }
}
