import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { type CrlKind } from './crl-store';
import { DEFAULT_CRL_PAGE } from './limits';

/** One issued CRL, as auditors list them. Numbers as decimal strings: they have 64 bits. */
export interface CrlRecord {
  readonly authority_key_id: string;
  /** `full`, or `shard-3-of-8`. */
  readonly scope: string;
  readonly kind: CrlKind;
  readonly number: string;
  /** Of a delta: the full CRL that it builds on. */
  readonly base_number?: string;
  /** Newest block of the ledger state that it says. */
  readonly height: number;
  /** Unix seconds. */
  readonly this_update: number;
  readonly next_update: number;
  readonly entries: number;
  /** Of the DER, hex: names it at /v1/crls/{sha256}. */
  readonly sha256: string;
}

export interface CrlRecordFilter {
  /** Key identifier of the CA. */
  readonly keyId: string;
  readonly scope: string | undefined;
  readonly kind: CrlKind | undefined;
  /** Only lists of lower numbers. */
  readonly before: string | undefined;
  readonly limit: number | undefined;
}

interface Row {
  readonly authority_key_id: string;
  readonly scope: string;
  readonly kind: CrlKind;
  readonly number: string;
  readonly base_number: string | null;
  readonly height: string;
  readonly this_update: string;
  readonly next_update: string;
  readonly entry_count: number;
  readonly sha256: string;
}

/** Every CRL that this operator ever published, for auditors. */
export class IssuedCrls {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Newest first. */
  async list({ keyId, scope, kind, before, limit }: CrlRecordFilter): Promise<CrlRecord[]> {
    const { rows } = await forRequest(() =>
      this.#pool.query<Row>({
        name: 'issued_crls',
        text: `SELECT authority_key_id, scope, kind, number, base_number, height, this_update, next_update,
                 entry_count, sha256 FROM gateway.crls
               WHERE authority_key_id = $1 AND ($2::text IS NULL OR scope = $2) AND ($3::text IS NULL OR kind = $3)
                 AND ($4::bigint IS NULL OR number < $4)
               ORDER BY number DESC, scope, kind LIMIT $5`,
        values: [keyId, scope ?? null, kind ?? null, before ?? null, limit ?? DEFAULT_CRL_PAGE],
      }),
    );
    return rows.map(recordOf);
  }

  /** The DER of an issued CRL by its SHA-256 (hex); undefined where there is none. */
  async bytes(sha256: string): Promise<Buffer | undefined> {
    const { rows } = await forRequest(() =>
      this.#pool.query<{ der: Buffer }>({
        name: 'issued_crl_bytes',
        text: 'SELECT der FROM gateway.crls WHERE sha256 = $1',
        values: [sha256],
      }),
    );
    return rows[0]?.der;
  }
}

function recordOf(row: Row): CrlRecord {
  return {
    authority_key_id: row.authority_key_id,
    scope: row.scope,
    kind: row.kind,
    number: row.number,
    ...(row.base_number === null ? {} : { base_number: row.base_number }),
    height: Number(row.height),
    this_update: Number(row.this_update),
    next_update: Number(row.next_update),
    entries: row.entry_count,
    sha256: row.sha256,
  };
}
