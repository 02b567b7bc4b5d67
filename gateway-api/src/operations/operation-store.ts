import { isErrorCode } from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { BatchedStatement } from '../database/batched-statement';
import { RECOVERY_PAGE, REMOVAL_ROWS } from '../limits';
import { type Operation, type OperationProblem, type OperationStatus } from './operation';

const COLUMNS = `operation_id, kind, caller, idempotency_key, encode(request_hash, 'hex') AS request_hash, intent_id,
  function, argument, status, transaction, tx_id, attempts, block, result, problem`;

const INSERT = `
  INSERT INTO gateway.operations (instance, operation_id, kind, caller, idempotency_key, request_hash, intent_id,
    function, argument, status, transaction, tx_id, attempts)
  SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::bytea[], $12::text[], $13::integer[])
  ON CONFLICT DO NOTHING
  RETURNING operation_id`;

const SUBMITTED = `
  UPDATE gateway.operations AS o
  SET status = 'submitted', transaction = n.transaction, tx_id = n.tx_id, attempts = n.attempts,
    result = n.result, updated_at = now()
  FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::integer[], $5::text[])
    AS n (operation_id, transaction, tx_id, attempts, result)
  WHERE o.operation_id = n.operation_id`;

const ENDED = `
  UPDATE gateway.operations AS o
  SET status = n.status, transaction = NULL, tx_id = n.tx_id, attempts = n.attempts, block = n.block,
    result = n.result, problem = n.problem, updated_at = now()
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::bigint[], $6::text[], $7::text[])
    AS n (operation_id, status, tx_id, attempts, block, result, problem)
  WHERE o.operation_id = n.operation_id`;

interface OperationRow {
  readonly operation_id: string;
  readonly kind: 'intent' | 'act';
  readonly caller: string;
  readonly idempotency_key: string | null;
  readonly request_hash: string;
  readonly intent_id: string | null;
  readonly function: string;
  readonly argument: string;
  readonly status: OperationStatus;
  readonly transaction: Buffer | null;
  readonly tx_id: string | null;
  readonly attempts: number;
  readonly block: string | null;
  readonly result: string | null;
  readonly problem: string | null;
}

/** What already stands in the way of a new operation. */
export interface Existing {
  readonly operation: Operation;
  /** Found by the caller's Idempotency-Key; otherwise by the intent itself. */
  readonly byKey: boolean;
}

/** Operations in PostgreSQL: one insert, one update before the submission, one at the end; batched under load. */
export class OperationStore {
  readonly #pool: Pool;
  readonly #instance: string;
  readonly #inserts: BatchedStatement<Operation, boolean>;
  readonly #submissions: BatchedStatement<Operation, undefined>;
  readonly #ends: BatchedStatement<Operation, undefined>;

  constructor(pool: Pool, instance: string) {
    this.#pool = pool;
    this.#instance = instance;
    this.#inserts = new BatchedStatement((rows) => this.#insertRows(rows), sizeOf);
    this.#submissions = new BatchedStatement((rows) => this.#submitRows(rows), sizeOf);
    this.#ends = new BatchedStatement((rows) => this.#endRows(rows));
  }

  /** false when the intent or the caller's key already has an operation. */
  insert(operation: Operation): Promise<boolean> {
    return this.#inserts.run(operation);
  }

  /** Stores the signed transaction; must succeed before it is submitted. */
  submitted(operation: Operation): Promise<void> {
    return this.#submissions.run(operation);
  }

  /** Stores the outcome and drops the transaction. */
  ended(operation: Operation): Promise<void> {
    return this.#ends.run(operation);
  }

  async byId(operationId: string): Promise<Operation | undefined> {
    const { rows } = await this.#pool.query<OperationRow>({
      name: 'operation_by_id',
      text: `SELECT ${COLUMNS} FROM gateway.operations WHERE operation_id = $1`,
      values: [operationId],
    });
    return rows[0] === undefined ? undefined : fromRow(rows[0]);
  }

  /** The operation of the caller's key, or else of the intent. */
  async existing(operation: Operation): Promise<Existing | undefined> {
    if (operation.idempotencyKey !== undefined) {
      const found = await this.#one('caller = $2 AND idempotency_key = $3', [
        operation.caller,
        operation.idempotencyKey,
      ]);
      if (found !== undefined) return { operation: found, byKey: true };
    }
    if (operation.intentId === undefined) return undefined;
    const found = await this.#one('intent_id = $2', [operation.intentId]);
    return found === undefined ? undefined : { operation: found, byKey: false };
  }

  /** Opens a refused or failed operation again; false when it is in another state. */
  async reopen(operation: Operation): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `UPDATE gateway.operations SET status = 'pending', problem = NULL, tx_id = NULL, result = NULL, block = NULL,
         attempts = 0, updated_at = now()
       WHERE operation_id = $1 AND instance = $2 AND status IN ('refused', 'failed')`,
      [operation.operationId, this.#instance],
    );
    return rowCount === 1;
  }

  /** Operations of this gateway of at least an age that have not ended, in pages after the given id. */
  async open(after: string, ageS: number): Promise<Operation[]> {
    const { rows } = await this.#pool.query<OperationRow>(
      `SELECT ${COLUMNS} FROM gateway.operations
       WHERE instance = $1 AND operation_id > $2 AND status IN ('pending', 'submitted')
         AND created_at <= now() - make_interval(secs => $3)
       ORDER BY operation_id LIMIT ${RECOVERY_PAGE}`,
      [this.#instance, after, ageS],
    );
    return rows.map(fromRow);
  }

  /** Removes operations that ended before; returns how many. */
  async removeEnded(olderThanDays: number): Promise<number> {
    for (let removed = 0; ;) {
      const { rowCount } = await this.#pool.query(
        `DELETE FROM gateway.operations WHERE operation_id IN (
           SELECT operation_id FROM gateway.operations
           WHERE status NOT IN ('pending', 'submitted') AND updated_at < now() - make_interval(days => $1)
           ORDER BY updated_at LIMIT ${REMOVAL_ROWS})`,
        [olderThanDays],
      );
      removed += rowCount ?? 0;
      if ((rowCount ?? 0) < REMOVAL_ROWS) return removed;
    }
  }

  async #one(condition: string, values: readonly string[]): Promise<Operation | undefined> {
    const { rows } = await this.#pool.query<OperationRow>(
      `SELECT ${COLUMNS} FROM gateway.operations WHERE instance = $1 AND ${condition}`,
      [this.#instance, ...values],
    );
    return rows[0] === undefined ? undefined : fromRow(rows[0]);
  }

  async #insertRows(rows: readonly Operation[]): Promise<boolean[]> {
    const result = await this.#pool.query<{ operation_id: string }>({
      name: 'operation_insert',
      text: INSERT,
      values: [
        this.#instance,
        rows.map((row) => row.operationId),
        rows.map((row) => row.kind),
        rows.map((row) => row.caller),
        rows.map((row) => row.idempotencyKey ?? null),
        rows.map((row) => Buffer.from(row.requestHash, 'hex')),
        rows.map((row) => row.intentId ?? null),
        rows.map((row) => row.function),
        rows.map((row) => row.argument),
        rows.map((row) => row.status),
        rows.map((row) => bytes(row.transaction)),
        rows.map((row) => row.txId ?? null),
        rows.map((row) => row.attempts),
      ],
    });
    const inserted = new Set(result.rows.map((row) => row.operation_id));
    return rows.map((row) => inserted.has(row.operationId));
  }

  async #submitRows(rows: readonly Operation[]): Promise<undefined[]> {
    await this.#pool.query({
      name: 'operation_submitted',
      text: SUBMITTED,
      values: [
        rows.map((row) => row.operationId),
        rows.map((row) => bytes(row.transaction)),
        rows.map((row) => row.txId ?? null),
        rows.map((row) => row.attempts),
        rows.map((row) => row.result ?? null),
      ],
    });
    return rows.map(() => undefined);
  }

  async #endRows(rows: readonly Operation[]): Promise<undefined[]> {
    await this.#pool.query({
      name: 'operation_ended',
      text: ENDED,
      values: [
        rows.map((row) => row.operationId),
        rows.map((row) => row.status),
        rows.map((row) => row.txId ?? null),
        rows.map((row) => row.attempts),
        rows.map((row) => row.block ?? null),
        rows.map((row) => row.result ?? null),
        rows.map((row) => (row.problem === undefined ? null : JSON.stringify(row.problem))),
      ],
    });
    return rows.map(() => undefined);
  }
}

function sizeOf({ argument, transaction }: Operation): number {
  return argument.length + (transaction?.byteLength ?? 0);
}

function bytes(value: Uint8Array | undefined): Buffer | null {
  return value === undefined ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function fromRow(row: OperationRow): Operation {
  return {
    operationId: row.operation_id,
    kind: row.kind,
    caller: row.caller,
    idempotencyKey: row.idempotency_key ?? undefined,
    requestHash: row.request_hash,
    intentId: row.intent_id ?? undefined,
    function: row.function,
    argument: row.argument,
    status: row.status,
    transaction: row.transaction ?? undefined,
    txId: row.tx_id ?? undefined,
    attempts: row.attempts,
    block: row.block === null ? undefined : Number(row.block),
    result: row.result ?? undefined,
    problem: row.problem === null ? undefined : readProblem(row.problem),
  };
}

/** A code that a later version no longer knows still tells that the operation failed. */
function readProblem(text: string): OperationProblem {
  const problem = JSON.parse(text) as { code: string; message: string; subject?: string };
  return { ...problem, code: isErrorCode(problem.code) ? problem.code : 'INTERNAL' };
}
