import { type Pool } from 'pg';
import { sha256Hex } from '@maker-registry/protocol';
import { forRequest } from '../database/database-error';
import { type Caller } from '../http/caller';
import { type ValidRequest } from '../http/route';

/** Roles that may ask, most particular first: a query is on record in one of them. */
export const AUDIT_ROLES = ['regulator', 'auditor', 'operator-admin'] as const;

/** Parameters whose value somebody typed and which may name a person: their length is kept, not their text. */
const TYPED = new Set(['text']);

/** A query as it goes on record. */
export interface AuditQuery {
  readonly caller: Caller;
  readonly operation: string;
  readonly request: Pick<ValidRequest, 'path' | 'query'>;
  readonly height: number;
  /** 'answered', 'open', or the code of the refusal. */
  readonly outcome: string;
  /** Of the answer. */
  readonly items: number;
  readonly bytes: number;
}

/**
 * Who asked, so that the same caller is the same text and nobody is named: the certificate's digest is in the caller's id
 * already; of a token's subject, which may be an address, only a digest leaves this function.
 */
export function querySubject({ id, kind }: Caller): string {
  const last = id.slice(id.lastIndexOf(':') + 1);
  return kind === 'certificate' && /^[0-9a-f]{64}$/.test(last) ? last : sha256Hex(id);
}

function parametersOf({ path, query }: AuditQuery['request']): Record<string, unknown> {
  const shown = Object.entries({ ...query, ...path }).map(([name, value]) => [
    name,
    TYPED.has(name) ? `(${String(value).length} characters)` : value,
  ]);
  return Object.fromEntries(shown) as Record<string, unknown>;
}

/** The record of what regulators and auditors asked. What can't be recorded is not answered. */
export class QueryLog {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** @returns the query's number @throws RegistryError MIRROR_UNAVAILABLE */
  async record(query: AuditQuery): Promise<number> {
    const { caller, operation, height, outcome, items, bytes } = query;
    const role = AUDIT_ROLES.find((name) => caller.roles.includes(name)) ?? 'none';
    const { rows } = await forRequest(() =>
      this.#pool.query<{ query_id: string }>({
        name: 'record_audit_query',
        text: `INSERT INTO gateway.audit_queries (subject, kind, msp_id, role, operation, parameters, height, outcome,
                 items, bytes)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING query_id`,
        values: [
          querySubject(caller),
          caller.kind,
          caller.mspId ?? null,
          role,
          operation,
          JSON.stringify(parametersOf(query.request)),
          height,
          outcome,
          items,
          bytes,
        ],
      }),
    );
    return Number(rows[0]?.query_id);
  }

  /** How a stream ended that was recorded as open. */
  async end(id: number, result: Pick<AuditQuery, 'outcome' | 'items' | 'bytes'>): Promise<void> {
    await forRequest(() =>
      this.#pool.query(
        'UPDATE gateway.audit_queries SET outcome = $2, items = $3, bytes = $4 WHERE query_id = $1',
        [id, result.outcome, result.items, result.bytes],
      ),
    );
  }
}
