import {
  type Actor,
  type Artifact,
  type ContentKey,
  type License,
  type Parameters,
  type Revocation,
  type RevocationHead,
  type Right,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';

/** A ledger document as the mirror has it, with the transaction that last wrote it. */
export interface Stored<Document> {
  readonly doc: Document;
  readonly block: number;
  readonly txIndex: number;
}

interface DocumentRow<Document> {
  readonly doc: Document;
  readonly block: string;
  readonly tx_index: number;
}

/** Single documents from the mirror. Every method throws RegistryError MIRROR_UNAVAILABLE when the database is away. */
export class MirrorReads {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  actor(actorId: string): Promise<Stored<Actor> | undefined> {
    return this.#one('actor', 'registry.actors WHERE actor_id = $1', [actorId]);
  }

  artifact(artifactId: string): Promise<Stored<Artifact> | undefined> {
    return this.#one('artifact', 'registry.artifacts WHERE artifact_id = $1', [artifactId]);
  }

  license(licenseId: string): Promise<Stored<License> | undefined> {
    return this.#one('license', 'registry.licenses WHERE license_id = $1', [licenseId]);
  }

  right(rightId: string): Promise<Stored<Right> | undefined> {
    return this.#one('right', 'registry.rights WHERE right_id = $1', [rightId]);
  }

  contentKey(artifactId: string): Promise<Stored<ContentKey> | undefined> {
    return this.#one('content_key', 'registry.content_keys WHERE artifact_id = $1', [artifactId]);
  }

  /** The parameters in force. */
  parameters(): Promise<Stored<Parameters> | undefined> {
    return this.#one('parameters', 'registry.parameters ORDER BY version DESC LIMIT 1', []);
  }

  revocation(number: number): Promise<Stored<Revocation> | undefined> {
    return this.#one('revocation', 'registry.revocations WHERE number = $1', [number]);
  }

  revocationHead(): Promise<Stored<RevocationHead> | undefined> {
    return this.#one('revocation_head', 'registry.revocation_heads LIMIT 1', []);
  }

  /** A document of any typed table, by all the columns that name it. */
  document(table: string, key: Readonly<Record<string, string>>): Promise<Stored<unknown> | undefined> {
    const conditions = Object.keys(key).map((column, n) => `${column} = $${n + 1}`);
    return this.#one(table, `registry.${table} WHERE ${conditions.join(' AND ')}`, Object.values(key));
  }

  async #one<Document>(
    name: string,
    source: string,
    values: readonly (string | number)[],
  ): Promise<Stored<Document> | undefined> {
    const query = {
      name: `read_${name}`,
      text: `SELECT doc, block, tx_index FROM ${source}`,
      values: [...values],
    };
    const { rows } = await forRequest(() => this.#pool.query<DocumentRow<Document>>(query));
    const row = rows[0];
    return row === undefined ? undefined : { doc: row.doc, block: Number(row.block), txIndex: row.tx_index };
  }
}
