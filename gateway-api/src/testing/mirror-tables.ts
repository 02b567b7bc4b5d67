import { join } from 'node:path';
import { type LedgerWrite } from '@maker-registry/protocol';
import { type PoolClient } from 'pg';
import { type TemporaryPostgres, temporaryPostgres } from '../trust/testing/temporary-postgres';

const MIRROR = join(__dirname, '../../../mirror/src');

/** What is used of the mirror's sources, which are loaded at run time: no room but the mirror's own may depend on it. */
interface Mirror {
  readonly migrations: { readonly MIGRATIONS: readonly { readonly sql: string }[] };
  readonly blocks: {
    documentBlock(number: number, transactions: readonly (readonly LedgerWrite[])[]): unknown;
  };
  readonly writer: {
    writeBatch(client: PoolClient, batch: readonly unknown[], announce: boolean): Promise<void>;
  };
}

async function loadMirror(): Promise<Mirror> {
  const load = async <Name extends keyof Mirror>(file: string): Promise<Mirror[Name]> =>
    (await import(join(MIRROR, file))) as Mirror[Name];
  return {
    migrations: await load<'migrations'>('migrations'),
    blocks: await load<'blocks'>('testing/document-blocks'),
    writer: await load<'writer'>('write-batch'),
  };
}

/** The tables as the mirror makes and fills them, in a PostgreSQL of their own. */
export class MirrorTables {
  readonly #server: TemporaryPostgres;
  readonly #mirror: Mirror;
  #height = -1;

  private constructor(server: TemporaryPostgres, mirror: Mirror) {
    this.#server = server;
    this.#mirror = mirror;
  }

  /** @param network genesis hash that the head shows */
  static async start(network: string): Promise<MirrorTables> {
    const mirror = await loadMirror();
    const server = await temporaryPostgres();
    const tables = new MirrorTables(server, mirror);
    await tables.#inSchema(async (client) => {
      await client.query('CREATE SCHEMA registry');
      for (const { sql } of mirror.migrations.MIGRATIONS) await client.query(sql);
      await client.query('UPDATE head SET genesis_hash = $1', [network]);
    });
    return tables;
  }

  get pool(): TemporaryPostgres['pool'] {
    return this.#server.pool;
  }

  get url(): string {
    return this.#server.url;
  }

  get height(): number {
    return this.#height;
  }

  /** Adds a block in which each list is a transaction. */
  async block(...transactions: readonly (readonly LedgerWrite[])[]): Promise<void> {
    const number = this.#height + 1;
    const block = this.#mirror.blocks.documentBlock(number, transactions);
    await this.#inSchema((client) => this.#mirror.writer.writeBatch(client, [block], false));
    this.#height = number;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async #inSchema(work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('SET search_path TO registry');
      await work(client);
    } finally {
      await client.query('RESET search_path');
      client.release();
    }
  }
}
